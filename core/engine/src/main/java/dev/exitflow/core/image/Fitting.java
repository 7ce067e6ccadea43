package dev.exitflow.core.image;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.Preprocessing;

/**
 * Brings upright images of any size to a model's, as its bundle says.
 *
 * <p>The one code for it, in training, evaluation and serving. Immutable, safe for use by several threads.
 */
public final class Fitting {

    /** The largest side of an image that is fitted. */
    static final int MAX_SIDE = 65_535;

    /** The most pixels of an image that is fitted: those of a frame of 8K video. */
    static final int MAX_PIXELS = 7680 * 4320;

    private static final int CHANNELS = 3;

    private final int width;
    private final int height;
    private final Preprocessing steps;

    /** Fits images to a model's input, which has a preprocessing. */
    public Fitting(Manifest.Input input) {
        this.width = input.width();
        this.height = input.height();
        this.steps = input.preprocessing();
    }

    /** Whether images of this size can be fitted. */
    static boolean takes(int imageWidth, int imageHeight) {
        return imageWidth > 0
                && imageHeight > 0
                && imageWidth <= MAX_SIDE
                && imageHeight <= MAX_SIDE
                && (long) imageWidth * imageHeight <= MAX_PIXELS;
    }

    /** Whether an EXIF orientation counts. */
    boolean turnsUpright() {
        return steps.orientation() == Preprocessing.Orientation.EXIF;
    }

    /**
     * Fits an image.
     *
     * @param rgb (H, W, 3)
     * @return (height, width, 3) of the model; the same array where it has that size
     */
    public byte[] fit(byte[] rgb, int imageWidth, int imageHeight) {
        if (imageWidth == width && imageHeight == height) {
            return rgb;
        }
        return switch (steps.resize()) {
            case EXACT ->
                cropped(
                        rgb,
                        imageWidth,
                        imageHeight,
                        steps.size().get(1),
                        steps.size().get(0));
            case SHORTER_SIDE -> {
                long side = steps.size().get(0);
                boolean upright = imageWidth <= imageHeight;
                yield cropped(
                        rgb,
                        imageWidth,
                        imageHeight,
                        upright ? side : side * imageWidth / imageHeight,
                        upright ? side * imageHeight / imageWidth : side);
            }
            case LETTERBOX -> letterboxed(rgb, imageWidth, imageHeight);
        };
    }

    private byte[] cropped(byte[] rgb, int imageWidth, int imageHeight, long toWidth, long toHeight) {
        return resized(
                rgb,
                new Part(imageWidth, toWidth, margin(toWidth, width), width),
                new Part(imageHeight, toHeight, margin(toHeight, height), height));
    }

    private byte[] letterboxed(byte[] rgb, int imageWidth, int imageHeight) {
        int boxHeight = steps.size().get(0);
        int boxWidth = steps.size().get(1);
        double scale = Math.min((double) boxWidth / imageWidth, (double) boxHeight / imageHeight);
        long toWidth = Math.max(1, Math.round(imageWidth * scale));
        long toHeight = Math.max(1, Math.round(imageHeight * scale));
        // Where the picture lies in the input, which is the box less the crop's margins.
        long left = (boxWidth - toWidth) / 2 - margin(boxWidth, width);
        long top = (boxHeight - toHeight) / 2 - margin(boxHeight, height);
        Part columns = Part.visible(imageWidth, toWidth, left, width);
        Part rows = Part.visible(imageHeight, toHeight, top, height);
        byte[] picture = resized(rgb, columns, rows);
        byte[] box = border();
        int atColumn = (int) Math.max(0, left);
        int atRow = (int) Math.max(0, top);
        int rowBytes = CHANNELS * columns.length();
        for (int row = 0; row < rows.length(); row++) {
            int to = CHANNELS * ((atRow + row) * width + atColumn);
            System.arraycopy(picture, row * rowBytes, box, to, rowBytes);
        }
        return box;
    }

    private byte[] border() {
        byte[] box = new byte[CHANNELS * width * height];
        if (steps.fill() != null) {
            for (int index = 0; index < box.length; index++) {
                box[index] = steps.fill().get(index % CHANNELS).byteValue();
            }
        }
        return box;
    }

    /** Pixels in front of a centred crop: half to even, as Python's {@code round} has it. */
    private static long margin(long whole, int part) {
        return (long) Math.rint((whole - part) / 2.0);
    }

    private byte[] resized(byte[] rgb, Part columns, Part rows) {
        if (columns.keepsSize() && rows.keepsSize()) {
            return cut(rgb, columns, rows);
        }
        Resampling resampling = new Resampling(
                ResizedAxis.of(columns.from(), columns.to(), columns.start(), columns.length(), steps.interpolation()),
                ResizedAxis.of(rows.from(), rows.to(), rows.start(), rows.length(), steps.interpolation()));
        return resampling.resize(rgb, columns.from());
    }

    private static byte[] cut(byte[] rgb, Part columns, Part rows) {
        int rowBytes = CHANNELS * columns.length();
        byte[] part = new byte[rows.length() * rowBytes];
        for (int row = 0; row < rows.length(); row++) {
            int from = CHANNELS * (int) ((rows.start() + row) * columns.from() + columns.start());
            System.arraycopy(rgb, from, part, row * rowBytes, rowBytes);
        }
        return part;
    }

    /**
     * A part of a resized axis.
     *
     * @param from pixels of the image
     * @param to pixels of the resized image
     * @param start first of these that is wanted
     * @param length how many are wanted
     */
    private record Part(int from, long to, long start, int length) {

        /** The part of an axis that lies within the input when its first pixel lies at {@code offset}. */
        static Part visible(int from, long to, long offset, int inputLength) {
            long start = Math.max(0, -offset);
            long end = Math.min(to, inputLength - offset);
            return new Part(from, to, start, (int) (end - start));
        }

        boolean keepsSize() {
            return from == to;
        }
    }
}
