package dev.exitflow.core.dataset;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.Sha256;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.image.Fitting;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Labelled RGB images of one size, held in memory as bytes.
 *
 * <p>Immutable by contract: the arrays are handed over, not copied (CIFAR-10 is 150 MB), and must not change afterwards.
 * Safe for use by several threads.
 */
public final class ImageSet {

    private final String name;
    private final int width;
    private final int height;
    private final List<String> labels;
    private final byte[] pixels;
    private final int[] targets;

    /**
     * @param name where the images come from, for provenance and error messages
     * @param width pixels per row
     * @param height rows
     * @param labels the name of each class
     * @param pixels (N, H, W, 3), red first, one unsigned byte a sample
     * @param targets (N), each an index into {@code labels}
     */
    public ImageSet(String name, int width, int height, List<String> labels, byte[] pixels, int[] targets) {
        long expected = (long) targets.length * width * height * 3;
        if (pixels.length != expected) {
            throw new ExitflowException(
                    "%s: %d images of %dx%d need %d bytes, got %d",
                    name, targets.length, width, height, expected, pixels.length);
        }
        for (int index = 0; index < targets.length; index++) {
            if (targets[index] < 0 || targets[index] >= labels.size()) {
                throw new ExitflowException(
                        "%s: image %d has class %d, expected 0..%d", name, index, targets[index], labels.size() - 1);
            }
        }
        this.name = name;
        this.width = width;
        this.height = height;
        this.labels = List.copyOf(labels);
        this.pixels = pixels;
        this.targets = targets;
    }

    /** Where the images come from. */
    public String name() {
        return name;
    }

    /** Pixels per row. */
    public int width() {
        return width;
    }

    /** Rows. */
    public int height() {
        return height;
    }

    /** The name of each class. */
    public List<String> labels() {
        return labels;
    }

    /** How many images there are. */
    public int size() {
        return targets.length;
    }

    /** The class of image {@code index}. */
    public int target(int index) {
        return targets[index];
    }

    /** A copy of image {@code index}: (H, W, 3), red first. */
    public byte[] image(int index) {
        byte[] copy = new byte[imageBytes()];
        System.arraycopy(pixels, index * imageBytes(), copy, 0, copy.length);
        return copy;
    }

    /** The images from {@code from} (inclusive) to {@code to} (exclusive), copied. */
    public ImageSet slice(int from, int to) {
        if (from < 0 || to > size() || from > to) {
            throw new ExitflowException("%s: images %d..%d asked for, it has %d", name, from, to, size());
        }
        byte[] part = Arrays.copyOfRange(pixels, from * imageBytes(), to * imageBytes());
        return new ImageSet(name, width, height, labels, part, Arrays.copyOfRange(targets, from, to));
    }

    /**
     * The same images as a model takes them: of another size, they are resized where its bundle says how; its classes may be in another
     * order, and are then numbered as the model does.
     *
     * @throws ExitflowException if the images' size or the names of their classes are not the model's
     */
    public ImageSet forModel(Manifest model) {
        boolean hasSize =
                width == model.input().width() && height == model.input().height();
        return hasSize || model.input().preprocessing() == null
                ? numbered(model)
                : fitted(model.input()).numbered(model);
    }

    private ImageSet fitted(Manifest.Input input) {
        Fitting fitting = new Fitting(input);
        int fittedBytes = 3 * input.width() * input.height();
        if ((long) fittedBytes * size() > Integer.MAX_VALUE) {
            throw new ExitflowException(
                    "%s: %d images of %dx%d need %d bytes, a set holds at most %d",
                    name, size(), input.width(), input.height(), (long) fittedBytes * size(), Integer.MAX_VALUE);
        }
        byte[] fitted = new byte[fittedBytes * size()];
        IntStream.range(0, size()).parallel().forEach(index -> {
            byte[] rgb = fitting.fit(image(index), width, height);
            System.arraycopy(rgb, 0, fitted, index * fittedBytes, fittedBytes);
        });
        return new ImageSet(name, input.width(), input.height(), labels, fitted, targets);
    }

    private ImageSet numbered(Manifest model) {
        if (width != model.input().width() || height != model.input().height()) {
            throw new ExitflowException(
                    "%s: images of %dx%d, model %s takes %dx%d",
                    name,
                    width,
                    height,
                    model.name(),
                    model.input().width(),
                    model.input().height());
        }
        if (labels.equals(model.labels())) {
            return this;
        }
        if (!Set.copyOf(labels).equals(Set.copyOf(model.labels()))) {
            throw new ExitflowException(
                    "%s: classes %s, model %s knows %s", name, labels, model.name(), model.labels());
        }
        int[] numbers = Arrays.stream(targets)
                .map(target -> model.labels().indexOf(labels.get(target)))
                .toArray();
        return new ImageSet(name, width, height, model.labels(), pixels, numbers);
    }

    /** The images but those from {@code from} (inclusive) to {@code to} (exclusive), copied. */
    public ImageSet without(int from, int to) {
        ImageSet before = slice(0, from);
        ImageSet behind = slice(to, size());
        byte[] rest = Arrays.copyOf(before.pixels, before.pixels.length + behind.pixels.length);
        System.arraycopy(behind.pixels, 0, rest, before.pixels.length, behind.pixels.length);
        int[] restTargets = Arrays.copyOf(before.targets, before.size() + behind.size());
        System.arraycopy(behind.targets, 0, restTargets, before.size(), behind.size());
        return new ImageSet(name, width, height, labels, rest, restTargets);
    }

    /** Says which images these are: the SHA-256 of their size, pixels and classes, in lower-case hexadecimal. */
    public String digest() {
        ByteBuffer numbers = ByteBuffer.allocate(Integer.BYTES * (2 + targets.length));
        numbers.putInt(width).putInt(height);
        for (int target : targets) {
            numbers.putInt(target);
        }
        return Sha256.of(numbers.array(), pixels);
    }

    private int imageBytes() {
        return width * height * 3;
    }
}
