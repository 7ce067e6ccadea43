package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bundle export} and its siblings hand to the exporter, and what comes back. */
class BundleExportTest {

    private static final Pattern OPTION = Pattern.compile("command\\.add_argument\\(\"(--[a-z-]+)\"");

    @TempDir
    Path folder;

    @Test
    void shouldOfferEveryOptionOfTheExporterInItsHelp() throws IOException {
        String script = script();
        String export =
                script.substring(script.indexOf("add_parser(\"export\""), script.indexOf("add_parser(\"freeze\""));
        String freeze =
                script.substring(script.indexOf("add_parser(\"freeze\""), script.indexOf("add_parser(\"prune\""));
        String prune = script.substring(script.indexOf("add_parser(\"prune\""), script.indexOf("add_parser(\"join\""));

        assertThat(options(export)).hasSizeGreaterThan(10);
        assertThat(help("export")).contains(options(export));
        assertThat(help("freeze")).contains(options(freeze));
        assertThat(help("prune")).contains(options(prune));
    }

    @Test
    void shouldNameEveryBackboneHeadAndPlacementInItsHelp() {
        assertThat(help("export"))
                .contains(
                        "resnet20",
                        "110",
                        "vgg11",
                        "densenet40",
                        "densenet121",
                        "torchvision:NAME",
                        "timm:NAME",
                        "FILE.py:FUNCTION")
                .contains("pooled-conv", "plain", "pool", "bnpool", "conv,", "conv2", "conv3")
                .contains("linear", "pareto", "fine", "golden");
    }

    @Test
    void shouldSayWhatIsMissingInOneLineWhenBackboneOrOutIsMissing() {
        CommandRun run = CommandRun.of("bundle", "export", "--backbone", "resnet20");

        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().contains("--out");
    }

    @Test
    void shouldExportAsAskedAndServeWhatItMade() throws IOException {
        assumePythonHasTorch();
        Path bundle = folder.resolve("bundle");

        CommandRun export = CommandRun.of(
                "bundle",
                "export",
                "--backbone=resnet8",
                "--placement=pareto",
                "--exits=2",
                "--head=pool,conv2",
                "--mean=-0.5,0.5,0.5",
                "--out=" + bundle);
        CommandRun describe = CommandRun.of("bundle", "describe", "--bundle=" + bundle, "--format=json");
        CommandRun verify = CommandRun.of("bundle", "verify", "--bundle=" + bundle);

        assertThat(export.status()).isZero();
        assertThat(describe.out()).contains("\"kind\":\"pool\"", "\"kind\":\"conv2\"", "\"mean\":[-0.5,0.5,0.5]");
        assertThat(verify.status()).as(verify.err()).isZero();
    }

    @Test
    void shouldMakeTheSameBundleAgainFromItsExitsAndWeights() throws Exception {
        assumePythonHasTorch();
        Path weights = weights();
        Path bundle = folder.resolve("bundle");
        Path exits = folder.resolve("exits");
        Path again = folder.resolve("again");

        int exported = CommandRun.of(
                        "bundle",
                        "export",
                        "--backbone=resnet8",
                        "--weights=" + weights,
                        "--exits-after=1,2",
                        "--name=mine",
                        "--out=" + bundle)
                .status();
        CommandRun strip = CommandRun.of("bundle", "strip", "--bundle=" + bundle, "--out=" + exits);
        CommandRun alone = CommandRun.of("bundle", "verify", "--bundle=" + exits);
        int together = CommandRun.of(
                        "bundle",
                        "export",
                        "--backbone=resnet8",
                        "--weights=" + weights,
                        "--exits=" + exits,
                        "--out=" + again)
                .status();
        CommandRun verify = CommandRun.of("bundle", "verify", "--bundle=" + again);

        assertThat(exported).isZero();
        assertThat(strip.err()).contains("2 trained exits of mine");
        assertThat(alone.status()).isEqualTo(1);
        assertThat(alone.err().lines()).singleElement().asString().contains("trained exits without their backbone");
        assertThat(together).isZero();
        assertThat(verify.status()).as(verify.err()).isZero();
        assertThat(verify.out()).contains("mine");
        assertThat(again.resolve("exit-1.pt")).hasSameBinaryContentAs(bundle.resolve("exit-1.pt"));
    }

    @Test
    void shouldMakeExitsOfEveryKindThatLearnAnswersAndConfidence() {
        assumePythonHasTorch();
        for (String heads : List.of("plain,pool,bnpool", "conv,conv2,conv3")) {
            Path bundle = folder.resolve(heads);
            CommandRun.of(
                    "bundle",
                    "export",
                    "--backbone=resnet8",
                    "--exits-after=1,2,3",
                    "--head=" + heads,
                    "--confidence=learned",
                    "--labels=0,1,2,3,4,5,6,7,8,9",
                    "--out=" + bundle);
            List<Manifest.Answer> before =
                    BundleLoader.load(bundle).manifest().selfTest().exits();

            CommandRun train = CommandRun.of(
                    "bundle",
                    "train",
                    "--part=exits",
                    "--bundle=" + bundle,
                    "--data=digits:count=300",
                    "--held-out=100",
                    "--epochs=1");

            assertThat(train.status()).as(train.err()).isZero();
            List<Manifest.Answer> after =
                    BundleLoader.load(bundle).manifest().selfTest().exits();
            for (int exit = 0; exit < 3; exit++) {
                assertThat(before.get(exit).confidence()).isEqualTo(0.5);
                assertThat(after.get(exit).confidence()).isNotEqualTo(0.5);
                assertThat(after.get(exit).probabilities())
                        .isNotEqualTo(before.get(exit).probabilities());
            }
        }
    }

    @Test
    void shouldKeepTrainingAndCalibrationToTheirOwnImages() {
        assumePythonHasTorch();
        String bundle = "--bundle=" + folder.resolve("bundle");
        String train = "--part=exits --batch=32 --epochs=1 --images=64 ";
        CommandRun.of(
                "bundle",
                "export",
                "--backbone=resnet8",
                "--exits=1",
                "--labels=0,1,2,3,4,5,6,7,8,9",
                "--out=" + folder.resolve("bundle"));

        CommandRun first = bundle("train", bundle, train + "--data=digits:count=200 --held-out=50");
        CommandRun otherData = bundle("train", bundle, train + "--data=digits:count=200,seed=9 --held-out=50");
        CommandRun otherSplit = bundle("train", bundle, train + "--data=digits:count=200 --held-out=60");
        CommandRun otherSeed = bundle("train", bundle, train + "--data=digits:count=200 --held-out=50 --seed=2");
        CommandRun seen = bundle("calibrate", bundle, "--data=digits:count=200 --held-out=190");
        CommandRun unseen = bundle("calibrate", bundle, "--data=digits:count=200 --held-out=50 --images=40");

        assertThat(first.status()).as(first.err()).isZero();
        for (CommandRun other : List.of(otherData, otherSplit, otherSeed)) {
            assertThat(other.status()).isEqualTo(1);
            assertThat(other.err()).contains("is the checkpoint of another training", "on 64 images of data");
        }
        assertThat(seen.status()).isEqualTo(1);
        assertThat(seen.err()).contains("images 10 to 63", "'train exits' used the first 64 of 200");
        assertThat(unseen.status()).as(unseen.err()).isZero();
        Manifest calibrated = BundleLoader.load(folder.resolve("bundle")).manifest();
        assertThat(calibrated.calibration().images() + calibrated.calibration().searchImages())
                .isEqualTo(40);
        assertThat(calibrated.provenance().get("steps").toString()).contains("dataSha256", "images=64", "heldOut=50");
    }

    private static CommandRun bundle(String verb, String bundle, String options) {
        return CommandRun.of(("bundle " + verb + " " + bundle + " " + options).split(" "));
    }

    @Test
    void shouldFailWithTheExportersCodeWhenItRefuses() {
        assumePythonHasTorch();

        CommandRun run = CommandRun.of("bundle", "export", "--backbone=resnet21", "--out=" + folder.resolve("bundle"));

        assertThat(run.status()).isEqualTo(1);
        assertThat(folder.resolve("bundle")).doesNotExist();
    }

    private static void assumePythonHasTorch() {
        boolean found = true;
        try {
            Exporter.interpreter();
        } catch (ExitflowException e) {
            found = false;
        }
        assumeThat(found).as("a Python that can import torch").isTrue();
    }

    /** Random weights of the smallest ResNet, in a file as torch writes them. */
    private Path weights() throws Exception {
        Path exporter = folder.resolve("exitflow_export.py");
        Files.writeString(exporter, script());
        Path weights = folder.resolve("resnet8.pt");
        String program = "import exitflow_export, sys, torch;"
                + "torch.save(exitflow_export.make_backbone('resnet8', 10, 3)[0].state_dict(), sys.argv[1])";
        int status = new ProcessBuilder(Exporter.interpreter(), "-c", program, weights.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        assertThat(status).isZero();
        return weights;
    }

    private static String help(String verb) {
        CommandRun run = CommandRun.of("bundle", verb, "--help");
        assertThat(run.status()).isZero();
        return run.out().replaceAll("\\s+", " ");
    }

    private static List<String> options(String script) {
        return OPTION.matcher(script).results().map(found -> found.group(1)).toList();
    }

    private static String script() throws IOException {
        try (InputStream in = Exporter.class.getResourceAsStream("/exitflow_export.py")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
