package dev.exitflow.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainedExitsTest {

    @TempDir
    Path folder;

    private Path target;

    @BeforeEach
    void chooseTarget() {
        target = folder.resolve("exits");
    }

    @Test
    void shouldCopyManifestAndExitsAsTheyAreWhenBackboneHasPublishedWeights() throws IOException {
        ModelBundle bundle = bundleWithWeights();

        TrainedExits.copy(bundle, target);

        try (Stream<Path> files = Files.list(target)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("manifest.json", "exit-0.pt", "exit-1.pt");
        }
        assertThat(target.resolve("manifest.json"))
                .hasSameBinaryContentAs(bundle.directory().resolve("manifest.json"));
        assertThat(target.resolve("exit-1.pt")).hasSameBinaryContentAs(bundle.exitFile(1));
    }

    @Test
    void shouldSayHowToMakeABundleWhenExitsAreLoadedWithoutBackbone() {
        TrainedExits.copy(bundleWithWeights(), target);

        assertThatThrownBy(() -> BundleLoader.load(target))
                .isInstanceOf(InvalidBundleException.class)
                .hasMessageContaining(
                        "bundle export --backbone tiny_backbone.py:tiny --weights tiny.pt --exits %s --out DIR",
                        target);
    }

    @Test
    void shouldRefuseWhenBackboneWasTrainedHere() {
        ModelBundle bundle = BundleLoader.load(TestBundles.trained(folder.resolve("bundle")));

        assertThatThrownBy(() -> TrainedExits.copy(bundle, target))
                .isInstanceOf(InvalidBundleException.class)
                .hasMessageContaining("was not exported from a file of weights");
        assertThat(target).doesNotExist();
    }

    @Test
    void shouldTouchNothingWhenTargetIsNotEmpty() throws IOException {
        ModelBundle bundle = bundleWithWeights();
        Files.createDirectories(target);
        Files.writeString(target.resolve("precious"), "keep me");

        assertThatThrownBy(() -> TrainedExits.copy(bundle, target))
                .isInstanceOf(InvalidBundleException.class)
                .hasMessageContaining("not empty");
        assertThat(target).isDirectoryContaining("glob:**precious");
        assertThat(target.resolve("manifest.json")).doesNotExist();
    }

    private ModelBundle bundleWithWeights() {
        ModelBundle bundle = BundleLoader.load(TestBundles.trained(folder.resolve("bundle")));
        return new BundleEdit(bundle, Instant.EPOCH)
                .fact("backbone", "tiny_backbone.py:tiny")
                .fact("weights", "tiny.pt")
                .fact("weightsSha256", "0".repeat(64))
                .write();
    }
}
