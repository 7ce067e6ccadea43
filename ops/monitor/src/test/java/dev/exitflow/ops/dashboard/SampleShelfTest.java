package dev.exitflow.ops.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.monitor.Predictions;
import dev.exitflow.schema.ImageEncoding;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.Prediction;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class SampleShelfTest {

    @Test
    void shouldShowRareExitsFirstWhenMostLeaveAtOne() {
        List<Prediction> latest = new ArrayList<>();
        for (int n = 0; n < 20; n++) {
            latest.add(prediction(n == 13 ? 2 : 0));
        }

        List<Prediction> chosen = SampleShelf.choose(latest);

        assertThat(chosen).hasSize(3);
        assertThat(chosen).extracting(Prediction::getExit).contains(2, 0);
    }

    @Test
    void shouldShowNothingWhenThereIsNothing() {
        assertThat(SampleShelf.choose(List.of())).isEmpty();
    }

    @Test
    void shouldDrawTheImageAnewWhenItIsShown() throws IOException {
        byte[] rgb = new byte[4 * 2 * 3];
        rgb[0] = (byte) 200;

        BufferedImage picture = decode(Thumbnail.of(image(4, 2, rgb)).orElseThrow());

        assertThat(picture.getWidth()).isEqualTo(4);
        assertThat(picture.getRGB(0, 0)).isEqualTo(0xffc80000);
    }

    @Test
    void shouldShowGrayAsItIsStored() throws IOException {
        BufferedImage gray = new BufferedImage(4, 2, BufferedImage.TYPE_BYTE_GRAY);
        gray.getRaster().setSample(0, 0, 0, 128);
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(gray, "png", png);

        BufferedImage picture = decode(
                Thumbnail.of(image(ImageEncoding.PNG, 4, 2, png.toByteArray())).orElseThrow());
        BufferedImage undeclared = decode(Thumbnail.of(image(ImageEncoding.UNKNOWN, 0, 0, png.toByteArray()))
                .orElseThrow());

        assertThat(picture.getRGB(0, 0)).isEqualTo(0xff808080);
        assertThat(undeclared.getRGB(0, 0)).isEqualTo(0xff808080);
    }

    @Test
    void shouldShrinkWhenAnImageIsLarge() throws IOException {
        BufferedImage picture =
                decode(Thumbnail.of(image(400, 200, new byte[400 * 200 * 3])).orElseThrow());

        assertThat(picture.getWidth()).isEqualTo(96);
        assertThat(picture.getHeight()).isEqualTo(48);
    }

    @Test
    void shouldShowNoPictureWhenTheRecordHoldsNone() {
        assertThat(Thumbnail.of(image(4, 2, new byte[5]))).isEmpty();
        assertThat(Thumbnail.of(image(-4, 2, new byte[5]))).isEmpty();
        assertThat(Thumbnail.of(image(Integer.MAX_VALUE, Integer.MAX_VALUE, new byte[5])))
                .isEmpty();
    }

    private static BufferedImage decode(String uri) throws IOException {
        String prefix = "data:image/png;base64,";
        assertThat(uri).startsWith(prefix);
        return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(uri.substring(prefix.length()))));
    }

    private static ImageRecord image(int width, int height, byte[] data) {
        return image(ImageEncoding.RAW_RGB8, width, height, data);
    }

    private static ImageRecord image(ImageEncoding encoding, int width, int height, byte[] data) {
        return ImageRecord.newBuilder()
                .setId("a")
                .setSource("camera-1")
                .setCapturedAt(Instant.EPOCH)
                .setEncoding(encoding)
                .setWidth(width)
                .setHeight(height)
                .setData(ByteBuffer.wrap(data))
                .build();
    }

    private static Prediction prediction(int exit) {
        return Predictions.at(Instant.EPOCH).setExit(exit).build();
    }
}
