package dev.exitflow.core.image;

import dev.exitflow.core.bundle.Manifest;

/**
 * Turns RGB bytes into the floats that a model's first stage takes.
 *
 * <p>Each byte value's float is looked up, so the arithmetic happens once per channel and value. Immutable, safe for use by
 * several threads.
 */
public final class Preprocessor {

    private static final int CHANNELS = 3;

    private final int height;
    private final int width;
    private final float[] scaled;

    /** Prepares for a model's input. */
    public Preprocessor(Manifest.Input input) {
        this.height = input.height();
        this.width = input.width();
        this.scaled = new float[CHANNELS * 256];
        for (int channel = 0; channel < CHANNELS; channel++) {
            float mean = input.mean().get(channel);
            float std = input.std().get(channel);
            for (int value = 0; value < 256; value++) {
                scaled[channel * 256 + value] = (input.scaled(value) - mean) / std;
            }
        }
    }

    /** Floats that one image takes: C·H·W. */
    public int floatsPerImage() {
        return CHANNELS * height * width;
    }

    /**
     * Writes one image as it lies in memory.
     *
     * @param rgb (H, W, 3), red first
     * @param out receives (H, W, 3)
     */
    public void writeChannelsLast(byte[] rgb, float[] out) {
        for (int red = 0; red < CHANNELS * height * width; red += CHANNELS) {
            out[red] = scaled[rgb[red] & 0xff];
            out[red + 1] = scaled[256 + (rgb[red + 1] & 0xff)];
            out[red + 2] = scaled[512 + (rgb[red + 2] & 0xff)];
        }
    }

    /**
     * Writes one image.
     *
     * @param rgb (H, W, 3), red first
     * @param out receives (3, H, W) from {@code offset} on
     */
    public void write(byte[] rgb, float[] out, int offset) {
        write(rgb, out, offset, 0, 0, false);
    }

    /**
     * Writes one image, shifted and perhaps mirrored; what comes from outside the image is black.
     *
     * @param rgb (H, W, 3), red first
     * @param out receives (3, H, W) from {@code offset} on
     * @param shiftX pixels to the right that the window moves
     * @param shiftY pixels down that the window moves
     * @param mirror true to swap left and right
     */
    public void write(byte[] rgb, float[] out, int offset, int shiftX, int shiftY, boolean mirror) {
        int plane = height * width;
        for (int y = 0; y < height; y++) {
            int fromY = y + shiftY;
            for (int x = 0; x < width; x++) {
                int fromX = (mirror ? width - 1 - x : x) + shiftX;
                int to = offset + y * width + x;
                boolean inside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width;
                int from = 3 * (fromY * width + fromX);
                for (int channel = 0; channel < CHANNELS; channel++) {
                    int value = inside ? rgb[from + channel] & 0xff : 0;
                    out[to + channel * plane] = scaled[channel * 256 + value];
                }
            }
        }
    }
}
