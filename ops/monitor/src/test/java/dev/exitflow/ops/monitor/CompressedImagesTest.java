package dev.exitflow.ops.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.calibration.ExitTracer;
import dev.exitflow.core.calibration.TradeoffCurve;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.dataset.Cifar10;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.core.policy.ExitPolicy;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** CIFAR-10's test images under the shipped ResNet-20, as they are and after JPEG compression; skipped without the data. */
@Timeout(300)
class CompressedImagesTest {

    private static final int IMAGES = 2_000;
    private static final float QUALITY = 0.75f;

    @Test
    void shouldAlarmWhenImagesWereCompressedAndNotAsTheyAre() throws IOException {
        Path folder = data().resolve("cifar-10-batches-bin");
        assumeThat(folder).as("CIFAR-10, in EXITFLOW_DATA").exists();
        ModelBundle bundle = BundleLoader.load(Path.of("../../core/engine/src/main/bundles/cifar10-resnet20"));
        ImageSet images = Cifar10.test(folder).slice(0, IMAGES);

        CostShift asTheyAre = shift(bundle, images);
        CostShift compressed = shift(bundle, compress(images));

        assertThat(asTheyAre.isMaterial()).as("%s", asTheyAre).isFalse();
        assertThat(compressed.isMaterial()).as("%s", compressed).isTrue();
        assertThat(compressed.low()).isPositive();
    }

    private static CostShift shift(ModelBundle bundle, ImageSet images) {
        List<Double> balanced =
                bundle.manifest().operatingPoints().get("balanced").thresholds();
        FlopsLedger ledger = new FlopsLedger(bundle.manifest());
        try (ExitTracer tracer = new ExitTracer(bundle)) {
            OperatingPoint point =
                    new TradeoffCurve(tracer.trace(images, traced -> {}), ledger).at(new ExitPolicy(1, balanced, 0));
            long full = IMAGES * ledger.backbone();
            PolicyCost cost = new PolicyCost(
                    1,
                    point.exitCounts().stream().map(Integer::longValue).toList(),
                    Math.round(point.flopsFraction() * full),
                    full);
            return CostShift.of(bundle.manifest(), balanced, cost).orElseThrow();
        }
    }

    private static ImageSet compress(ImageSet images) throws IOException {
        int side = images.width();
        byte[] pixels = new byte[images.size() * side * side * 3];
        int[] targets = new int[images.size()];
        for (int index = 0; index < images.size(); index++) {
            BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
            byte[] raw = images.image(index);
            for (int pixel = 0; pixel < side * side; pixel++) {
                int rgb = (raw[3 * pixel] & 255) << 16 | (raw[3 * pixel + 1] & 255) << 8 | (raw[3 * pixel + 2] & 255);
                picture.setRGB(pixel % side, pixel / side, rgb);
            }
            BufferedImage lossy = throughJpeg(picture);
            for (int pixel = 0; pixel < side * side; pixel++) {
                int rgb = lossy.getRGB(pixel % side, pixel / side);
                for (int channel = 0; channel < 3; channel++) {
                    pixels[3 * (index * side * side + pixel) + channel] = (byte) (rgb >> (16 - 8 * channel));
                }
            }
            targets[index] = images.target(index);
        }
        return new ImageSet("compressed", side, side, images.labels(), pixels, targets);
    }

    private static BufferedImage throughJpeg(BufferedImage picture) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam param = writer.getDefaultWriteParam();
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        param.setCompressionQuality(QUALITY);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture, null, null), param);
        } finally {
            writer.dispose();
        }
        return ImageIO.read(new ByteArrayInputStream(bytes.toByteArray()));
    }

    private static Path data() {
        String chosen = System.getenv("EXITFLOW_DATA");
        return chosen == null || chosen.isBlank() ? Path.of("../../../shared/data") : Path.of(chosen);
    }
}
