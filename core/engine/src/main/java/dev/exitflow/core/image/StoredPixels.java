package dev.exitflow.core.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Takes pixels out of what ImageIO has read, value by value.
 *
 * <p>{@link BufferedImage#getRGB} would convert them: it takes gray values for linear light, which brightens 128 to 188, and
 * rounds those of 16 bits.
 */
final class StoredPixels {

    private StoredPixels() {}

    /**
     * Copies colours, and leaves transparency out.
     *
     * @return (H, W, 3), red first; gray is three times the stored value, and of 16 bits the upper byte is taken
     */
    static byte[] rgb(BufferedImage image) {
        Raster raster = image.getRaster();
        int[] samples = samples(raster);
        int bands = raster.getNumBands();
        byte[] rgb = new byte[3 * (samples.length / bands)];
        if (image.getColorModel() instanceof IndexColorModel palette) {
            for (int pixel = 0; pixel < samples.length; pixel++) {
                rgb[3 * pixel] = (byte) palette.getRed(samples[pixel]);
                rgb[3 * pixel + 1] = (byte) palette.getGreen(samples[pixel]);
                rgb[3 * pixel + 2] = (byte) palette.getBlue(samples[pixel]);
            }
            return rgb;
        }
        int shift = raster.getSampleModel().getSampleSize(0) - Byte.SIZE;
        int green = bands < 3 ? 0 : 1;
        int blue = bands < 3 ? 0 : 2;
        for (int from = 0, to = 0; from < samples.length; from += bands, to += 3) {
            rgb[to] = (byte) (samples[from] >> shift);
            rgb[to + 1] = (byte) (samples[from + green] >> shift);
            rgb[to + 2] = (byte) (samples[from + blue] >> shift);
        }
        return rgb;
    }

    /** The stored samples: (H, W, bands). */
    static int[] samples(Raster raster) {
        return raster.getPixels(
                raster.getMinX(), raster.getMinY(), raster.getWidth(), raster.getHeight(), (int[]) null);
    }
}
