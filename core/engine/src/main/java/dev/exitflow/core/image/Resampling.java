package dev.exitflow.core.image;

/**
 * Resizes RGB bytes: each row is resized once, and added to the rows of the result that it is a source of.
 *
 * <p>The arithmetic is that of PyTorch's {@code interpolate(antialias=True)} on floats, rounded to bytes at the end. Only pixels that
 * count for the result are read, and the memory needed does not grow with the image. Immutable, safe for use by several threads.
 *
 * @param columns of the result
 * @param rows of the result
 */
record Resampling(ResizedAxis columns, ResizedAxis rows) {

    private static final int CHANNELS = 3;

    /**
     * Resizes an image.
     *
     * @param rgb (H, W, 3)
     * @param width W
     * @return (rows, columns, 3)
     */
    byte[] resize(byte[] rgb, int width) {
        int rowFloats = CHANNELS * columns.length();
        float[] sums = new float[rows.length() * rowFloats];
        float[] source = new float[CHANNELS * (columns.endSource() - columns.firstSource())];
        float[] resized = new float[rowFloats];
        int open = 0;
        for (int row = rows.firstSource(); row < rows.endSource(); row++) {
            read(rgb, CHANNELS * (row * width + columns.firstSource()), source);
            resizeRow(source, resized);
            while (rows.end()[open] <= row) {
                open++;
            }
            for (int to = open; to < rows.length() && rows.first()[to] <= row; to++) {
                float weight = rows.weights()[to * rows.stride() + row - rows.first()[to]];
                add(resized, weight, sums, to * rowFloats);
            }
        }
        return bytes(sums);
    }

    private static void read(byte[] rgb, int from, float[] source) {
        for (int index = 0; index < source.length; index++) {
            source[index] = rgb[from + index] & 0xff;
        }
    }

    private void resizeRow(float[] source, float[] resized) {
        for (int column = 0; column < columns.length(); column++) {
            int from = CHANNELS * (columns.first()[column] - columns.firstSource());
            int weight = column * columns.stride();
            int end = weight + columns.end()[column] - columns.first()[column];
            float red = 0;
            float green = 0;
            float blue = 0;
            for (; weight < end; weight++, from += CHANNELS) {
                float share = columns.weights()[weight];
                red += share * source[from];
                green += share * source[from + 1];
                blue += share * source[from + 2];
            }
            resized[CHANNELS * column] = red;
            resized[CHANNELS * column + 1] = green;
            resized[CHANNELS * column + 2] = blue;
        }
    }

    private static void add(float[] row, float weight, float[] sums, int to) {
        for (int index = 0; index < row.length; index++) {
            sums[to + index] += weight * row[index];
        }
    }

    private static byte[] bytes(float[] values) {
        byte[] bytes = new byte[values.length];
        for (int index = 0; index < values.length; index++) {
            bytes[index] = (byte) Math.max(0, Math.min(255, (int) (values[index] + 0.5f)));
        }
        return bytes;
    }
}
