package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.Preprocessing;
import dev.exitflow.core.image.DecodedImage;
import dev.exitflow.core.image.EncodedImage;
import dev.exitflow.core.image.ImageDecoder;
import dev.exitflow.core.image.ImageEncoding;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;
import javax.imageio.ImageIO;

/**
 * Measures how fast camera-sized files become a model's input.
 *
 * <p>Rates are per second of this thread's processor time, so other work on the machine disturbs them less. The files are drawn:
 * soft shapes with some noise, as large as a camera's of the same size.
 */
public final class DecodeBench {

    private static final int SHORTER_SIDE = 256;
    private static final int INPUT_SIDE = 224;
    private static final int WARM_UP_ROUNDS = 2;
    private static final int NOISE = 8;
    private static final List<ImageEncoding> FORMATS = List.of(ImageEncoding.JPEG, ImageEncoding.PNG);
    private static final List<Frame> FRAMES = List.of(new Frame(640, 480), new Frame(1920, 1080));

    private record Frame(int width, int height) {}

    private final int rounds;
    private final long roundNanos;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    /**
     * @param rounds of each measurement
     * @param roundNanos processor time of each round at least
     */
    public DecodeBench(int rounds, long roundNanos) {
        this.rounds = rounds;
        this.roundNanos = roundNanos;
    }

    /** How many cells {@link #run} measures. */
    public int steps() {
        return FORMATS.size() * FRAMES.size();
    }

    /** Measures each format and size, and Pillow's rates beside where Python has it; {@code done} hears how many are measured. */
    public DecodeFigures run(IntConsumer done) {
        Optional<PillowDecoder> pillow = PillowDecoder.find();
        List<DecodeFigures.Cell> cells = new ArrayList<>();
        for (Frame frame : FRAMES) {
            for (ImageEncoding format : FORMATS) {
                cells.add(cell(format, frame, pillow));
                done.accept(cells.size());
            }
        }
        return new DecodeFigures(
                Machine.describe(),
                INPUT_SIDE,
                pillow.map(PillowDecoder::version).orElse(null),
                cells);
    }

    private DecodeFigures.Cell cell(ImageEncoding format, Frame frame, Optional<PillowDecoder> pillow) {
        byte[] file = file(format, frame);
        EncodedImage image = new EncodedImage(format, 0, 0, file);
        return new DecodeFigures.Cell(
                name(format),
                frame.width(),
                frame.height(),
                file.length,
                rate(new ImageDecoder(frame.width(), frame.height()), image),
                rate(new ImageDecoder(input()), image),
                pillow.map(decoder -> measure(decoder, file)).orElse(null));
    }

    private Spread rate(ImageDecoder decoder, EncodedImage image) {
        List<Double> rates = new ArrayList<>();
        for (int round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
            long start = threads.getCurrentThreadCpuTime();
            long spent = 0;
            int images = 0;
            while (spent < roundNanos) {
                if (decoder.decode(image) instanceof DecodedImage.Refused refused) {
                    throw new ExitflowException("%s", refused.detail());
                }
                images++;
                spent = threads.getCurrentThreadCpuTime() - start;
            }
            if (round >= WARM_UP_ROUNDS) {
                rates.add(images * 1e9 / spent);
            }
        }
        return Spread.of(rates);
    }

    private static DecodeFigures.Pillow measure(PillowDecoder pillow, byte[] content) {
        try {
            Path file = Files.createTempFile("exitflow-decode", ".image");
            try {
                return pillow.measure(Files.write(file, content), SHORTER_SIDE, INPUT_SIDE);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new ExitflowException("cannot write a file for Pillow into the temporary folder", e);
        }
    }

    private static Manifest.Input input() {
        Preprocessing steps = new Preprocessing(
                Preprocessing.Orientation.EXIF,
                Preprocessing.Colour.RGB,
                Preprocessing.Resize.SHORTER_SIDE,
                List.of(SHORTER_SIDE),
                Preprocessing.Interpolation.BILINEAR,
                true,
                null,
                Preprocessing.Crop.CENTRE,
                null);
        return new Manifest.Input(3, INPUT_SIDE, INPUT_SIDE, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f), steps);
    }

    private static byte[] file(ImageEncoding format, Frame frame) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture(frame), name(format), out);
        } catch (IOException e) {
            throw new ExitflowException("cannot write a " + name(format) + " image", e);
        }
        return out.toByteArray();
    }

    private static BufferedImage picture(Frame frame) {
        SplittableRandom random = new SplittableRandom(1);
        BufferedImage picture = new BufferedImage(frame.width(), frame.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < frame.height(); y++) {
            for (int x = 0; x < frame.width(); x++) {
                int rgb = 0;
                for (int channel = 1; channel <= 3; channel++) {
                    double soft = Math.sin(x / (20.0 * channel)) * Math.cos(y / (35.0 / channel));
                    rgb = rgb << 8 | (int) (128 + 100 * soft + random.nextInt(-NOISE, NOISE));
                }
                picture.setRGB(x, y, rgb);
            }
        }
        return picture;
    }

    private static String name(ImageEncoding format) {
        return format.name().toLowerCase(Locale.ROOT);
    }
}
