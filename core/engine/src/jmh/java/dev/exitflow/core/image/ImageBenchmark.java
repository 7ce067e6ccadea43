package dev.exitflow.core.image;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.Manifest;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What an image of the shipped models costs before it is a tensor: unpacking it, and normalising its pixels. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ImageBenchmark {

    private final Manifest.Input input =
            BundleLoader.load(Path.of("src/main/bundles/digits")).manifest().input();
    private final ImageDecoder decoder = new ImageDecoder(input);
    private final Preprocessor preprocessor = new Preprocessor(input);
    private final byte[] pixels = new byte[3 * input.height() * input.width()];
    private final EncodedImage raw;
    private final EncodedImage png;
    private final EncodedImage jpeg;
    private final float[] floats = new float[preprocessor.floatsPerImage()];

    /** Draws noise, which no codec can shorten. */
    public ImageBenchmark() {
        new Random(1).nextBytes(pixels);
        raw = new EncodedImage(ImageEncoding.RAW_RGB8, input.width(), input.height(), pixels);
        png = encoded(ImageEncoding.PNG, "png");
        jpeg = encoded(ImageEncoding.JPEG, "jpg");
    }

    private EncodedImage encoded(ImageEncoding encoding, String format) {
        BufferedImage image = new BufferedImage(input.width(), input.height(), BufferedImage.TYPE_3BYTE_BGR);
        image.getRaster().setDataElements(0, 0, input.width(), input.height(), pixels);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new EncodedImage(encoding, input.width(), input.height(), out.toByteArray());
    }

    /** Raw pixels. */
    @Benchmark
    public Object decodeRaw() {
        return decoder.decode(raw);
    }

    /** A PNG. */
    @Benchmark
    public Object decodePng() {
        return decoder.decode(png);
    }

    /** A JPEG. */
    @Benchmark
    public Object decodeJpeg() {
        return decoder.decode(jpeg);
    }

    /** Pixels to normalised floats, channels last. */
    @Benchmark
    public float[] preprocess() {
        preprocessor.writeChannelsLast(pixels, floats);
        return floats;
    }
}
