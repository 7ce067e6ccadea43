package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.forecast.BinomialBound;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleCalibrateTest {

    private static final Path DIGITS = Path.of("../../core/engine/src/main/bundles/digits");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private Path bundle;

    @BeforeEach
    void copyBundle() throws IOException {
        bundle = Files.createDirectory(folder.resolve("bundle"));
        try (var files = Files.list(DIGITS)) {
            for (Path file : files.toList()) {
                Files.copy(file, bundle.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void shouldCertifyOnImagesThatHadNoPartInTheSearch() {
        CommandRun run = calibrate("--data=digits:count=1500,seed=9", "--held-out=1500");

        assertThat(run.status()).as(run.err()).isZero();
        Manifest manifest = BundleLoader.load(bundle).manifest();
        Manifest.Calibration calibration = manifest.calibration();
        assertThat(manifest.formatVersion()).isEqualTo(4);
        assertThat(List.of(calibration.searchImages(), calibration.images())).containsExactly(900, 600);
        assertThat(calibration.certainty()).isEqualTo(0.95);
        assertThat(calibration.backboneSaw()).isFalse();
        Manifest.Point second = calibration.frontier().get(1);
        assertThat(second.agreementLowerBound())
                .isLessThanOrEqualTo(BinomialBound.lower(Math.round(second.agreement() * 600), 600, 0.95));
        assertThat(calibration.frontier())
                .extracting(Manifest.Point::agreementLowerBound)
                .isSortedAccordingTo((one, other) -> Double.compare(other, one));
        assertThat(calibration.curve().get(100).agreementLowerBound()).isEqualTo(1);
        Manifest.NamedPolicy balanced = manifest.operatingPoints().get("balanced");
        assertThat(balanced.promisedAgreement()).isEqualTo(0.98);
        assertThat(balanced.agreementLowerBound()).isBetween(0.98, balanced.agreement());
        assertThat(manifest.defaultPolicy().thresholds()).isEqualTo(balanced.thresholds());
        assertThat(run.out()).contains("PROMISED AGREEMENT", "AGREEMENT LOWER BOUND", "ACCURACY");
        assertThat(describe().out()).contains("certified on 600 others with 95 % certainty");
    }

    @Test
    void shouldPromiseNoAccuracyWhereTheBackboneMayHaveSeenTheImages() throws IOException {
        asIfItsWeightsCameFromElsewhere();

        CommandRun unknown = calibrate("--data=digits:count=200,seed=9", "--held-out=200");
        String described = describe().out();
        CommandRun seen = calibrate("--data=digits:count=200,seed=9", "--held-out=200", "--backbone-saw=yes");
        Manifest ofSeen = BundleLoader.load(bundle).manifest();
        CommandRun unseen = calibrate("--unseen=digits:count=200,seed=9");
        Manifest ofUnseen = BundleLoader.load(bundle).manifest();

        assertThat(unknown.err()).contains("may have been trained on the calibration's images");
        assertThat(unknown.out()).contains("PROMISED AGREEMENT").doesNotContain("ACCURACY");
        assertThat(described).contains("may have been trained on the calibration's images");
        assertThat(seen.err()).contains("was trained on the calibration's images");
        assertThat(ofSeen.calibration().backboneSaw()).isTrue();
        assertThat(ofSeen.calibration().curve())
                .extracting(Manifest.Point::accuracy)
                .containsOnlyNulls();
        assertThat(unseen.status()).as(unseen.err()).isZero();
        assertThat(unseen.err()).doesNotContain("trained on");
        assertThat(unseen.out()).contains("ACCURACY");
        assertThat(ofUnseen.calibration().backboneSaw()).isFalse();
        assertThat(ofUnseen.calibration().searchImages()).isEqualTo(80);
        assertThat(ofUnseen.calibration().images()).isEqualTo(120);
    }

    @Test
    void shouldBringImagesOfAnySizeToTheModelsWhereTheBundleSaysHow() throws IOException {
        asIfItResizedImages();
        Path images = folder.resolve("images");
        for (int digit = 0; digit < 10; digit++) {
            Path ofDigit = Files.createDirectories(images.resolve(Integer.toString(digit)));
            for (int index = 0; index < 2; index++) {
                ImageIO.write(
                        new BufferedImage(40 + digit, 44 + index, BufferedImage.TYPE_INT_RGB),
                        "png",
                        ofDigit.resolve(index + ".png").toFile());
            }
        }

        CommandRun heldOut = calibrate("--data=" + images, "--held-out=20");
        CommandRun unseen = calibrate("--unseen=" + images);

        assertThat(heldOut.status()).as(heldOut.err()).isZero();
        assertThat(unseen.status()).as(unseen.err()).isZero();
        assertThat(BundleLoader.load(bundle).manifest().calibration().images()).isEqualTo(12);
    }

    @Test
    void shouldBoundTheAgreementThatIsMeasured() throws IOException {
        CommandRun run = CommandRun.of(
                "bundle",
                "evaluate",
                "--bundle=" + bundle,
                "--data=digits:count=200",
                "--no-timing",
                "--format=json",
                "--thresholds=0.5");

        JsonNode curve = JSON.readTree(run.out()).get("curve");
        assertThat(curve).isNotEmpty().allSatisfy(point -> {
            double agreement = point.get("agreement").asDouble();
            assertThat(point.get("agreementLowerBound").asDouble())
                    .isLessThanOrEqualTo(agreement)
                    .isGreaterThan(agreement - 0.1);
        });
        assertThat(curve.get(0).get("agreementLowerBound").asDouble())
                .as("full")
                .isEqualTo(1);
        assertThat(curve.get(curve.size() - 1).get("agreementLowerBound").asDouble())
                .isLessThan(curve.get(curve.size() - 1).get("agreement").asDouble());
    }

    private CommandRun calibrate(String... options) {
        String[] line = new String[options.length + 3];
        line[0] = "bundle";
        line[1] = "calibrate";
        line[2] = "--bundle=" + bundle;
        System.arraycopy(options, 0, line, 3, options.length);
        return CommandRun.of(line);
    }

    private CommandRun describe() {
        return CommandRun.of("bundle", "describe", "--bundle=" + bundle);
    }

    private void asIfItResizedImages() throws IOException {
        Path file = bundle.resolve("manifest.json");
        ObjectNode manifest = (ObjectNode) JSON.readTree(file.toFile());
        ((ObjectNode) manifest.get("input")).set("preprocessing", JSON.readTree("""
                        {"orientation": "exif", "colour": "rgb", "resize": "exact", "size": [32, 32], "interpolation": "bilinear",
                         "antialias": true, "crop": "centre"}
                        """));
        JSON.writeValue(file.toFile(), manifest);
    }

    private void asIfItsWeightsCameFromElsewhere() throws IOException {
        Path file = bundle.resolve("manifest.json");
        ObjectNode manifest = (ObjectNode) JSON.readTree(file.toFile());
        ((ObjectNode) manifest.get("provenance")).put("weights", "elsewhere.th");
        JSON.writeValue(file.toFile(), manifest);
    }
}
