package dev.exitflow.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** How it is found out whether oneDNN computes a bundle's modules rightly here. */
class OneDnnTest {

    private static final String NO_SHELL = "has no sh";
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    Path folder;

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = NO_SHELL)
    void shouldNameTheModuleWhenNativeCodeEndsTheProcess() {
        OneDnnVerdict verdict = say("echo stage-0.pt; echo stage-1.pt; kill -FPE $$");

        assertThat(verdict.fault()).contains("stage-1.pt ended the process with status 136");
        assertThat(verdict.lasting()).isTrue();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = NO_SHELL)
    void shouldPassOnWhatIsWrongWhenTheProcessFindsIt() {
        assertThat(say("echo stage-1.pt; echo stage-1.pt is 0.67 off; exit 3").fault())
                .contains("stage-1.pt is 0.67 off");
        assertThat(say("echo stage-1.pt; exit 0")).isEqualTo(OneDnnVerdict.RIGHT);
    }

    @Test
    void shouldNotTakeTheProcessorToBeWrongForGoodWhenNoProcessStarts() {
        OneDnnVerdict verdict =
                OneDnnProcess.verdict(List.of(folder.resolve("absent").toString()), 1);

        assertThat(verdict.fault())
                .hasValueSatisfying(fault -> assertThat(fault).contains("no process"));
        assertThat(verdict.lasting()).isFalse();
    }

    @Test
    void shouldFindNothingWrongInAProcessOfItsOwnWhenModulesAreOfThreeByThreeConvolutions() {
        ModelBundle bundle = BundleLoader.load(TestBundles.trained(folder.resolve("bundle")));

        assertThat(OneDnnProcess.verdictOn(bundle)).isEqualTo(OneDnnVerdict.RIGHT);
    }

    @Test
    void shouldLookOnceForEachBundleWhenTheVerdictLasts() {
        ModelBundle bundle = BundleLoader.load(TestBundles.trained(folder.resolve("bundle")));
        ModelBundle other = BundleLoader.load(TestBundles.untrained(folder.resolve("other")));
        Path kept = folder.resolve("verdicts/of/late");
        AtomicInteger looks = new AtomicInteger();
        List<OneDnnVerdict> found = new ArrayList<>(List.of(
                OneDnnVerdict.passing("not today"), OneDnnVerdict.wrong("stage-1.pt is 0.5 off"), OneDnnVerdict.RIGHT));

        List<OneDnnVerdict> answers = new ArrayList<>();
        for (ModelBundle asked : List.of(bundle, bundle, bundle, other, other)) {
            answers.add(OneDnnVerdict.of(asked, kept, model -> {
                looks.incrementAndGet();
                return found.remove(0);
            }));
        }

        assertThat(answers)
                .containsExactly(
                        OneDnnVerdict.passing("not today"),
                        OneDnnVerdict.wrong("stage-1.pt is 0.5 off"),
                        OneDnnVerdict.wrong("stage-1.pt is 0.5 off"),
                        OneDnnVerdict.RIGHT,
                        OneDnnVerdict.RIGHT);
        assertThat(looks).hasValue(3);
    }

    @Test
    void shouldTakeCachesToBeHiddenWhenLinuxListsNone() throws IOException {
        Path cpu = Files.createDirectories(folder.resolve("cpu0"));
        Path cpuInfo = Files.writeString(
                folder.resolve("cpuinfo"),
                "processor\t: 0\nmodel name\t: AMD EPYC\ncpu MHz\t: 2000\n\nprocessor\t: 1\n");
        ProcessorCaches caches = new ProcessorCaches(cpu.resolve("cache"), cpuInfo);

        boolean x86 = System.getProperty("os.arch").matches("amd64|x86_64");
        assertThat(caches.hidden()).isEqualTo(x86);
        assertThat(caches.processor()).contains("AMD EPYC").doesNotContain("MHz");
        Files.createDirectories(cpu.resolve("cache/index0"));
        assertThat(caches.hidden()).isFalse();
        assertThat(new ProcessorCaches(folder.resolve("none/cache"), cpuInfo).hidden())
                .isFalse();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "names of C++ functions are others there")
    void shouldFindPointwiseConvolutionsRightWhenOneDnnIsOff() {
        PyTorchRuntime.load();
        boolean switched = NativeSwitch.ONEDNN.turn(false);
        try {
            assertThat(switched).isTrue();
            assertThat(PointwiseProbe.fault()).isEmpty();
        } finally {
            NativeSwitch.ONEDNN.turn(true);
        }
    }

    private static OneDnnVerdict say(String script) {
        return OneDnnProcess.verdict(List.of("sh", "-c", script), PATIENCE_SECONDS);
    }
}
