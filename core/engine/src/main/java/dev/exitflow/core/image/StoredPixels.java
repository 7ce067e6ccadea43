package dev.exitflow.core.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
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
        if (raster.getSampleModel() instanceof PixelInterleavedSampleModel layout
                && raster.getDataBuffer() instanceof DataBufferByte memory
                && raster.getNumBands() >= 3) {
            return interleaved(raster, layout, memory);
        }
        int width = raster.getWidth();
        byte[] rgb = new byte[3 * width * raster.getHeight()];
        int[] row = new int[width * raster.getNumBands()];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            if (image.getColorModel() instanceof IndexColorModel palette) {
                look(palette, row, rgb, 3 * y * width);
            } else {
                shift(raster, row, rgb, 3 * y * width);
            }
        }
        return rgb;
    }

    /** Copies bytes that lie pixel by pixel, as most images have them. */
    private static byte[] interleaved(Raster raster, PixelInterleavedSampleModel layout, DataBufferByte memory) {
        byte[] bytes = memory.getData();
        int[] bands = layout.getBandOffsets();
        int x = raster.getMinX() - raster.getSampleModelTranslateX();
        int y = raster.getMinY() - raster.getSampleModelTranslateY();
        int first = memory.getOffset() + y * layout.getScanlineStride() + x * layout.getPixelStride();
        byte[] rgb = new byte[3 * raster.getWidth() * raster.getHeight()];
        int to = 0;
        for (int row = 0; row < raster.getHeight(); row++) {
            int from = first + row * layout.getScanlineStride();
            for (int end = to + 3 * raster.getWidth(); to < end; to += 3, from += layout.getPixelStride()) {
                rgb[to] = bytes[from + bands[0]];
                rgb[to + 1] = bytes[from + bands[1]];
                rgb[to + 2] = bytes[from + bands[2]];
            }
        }
        return rgb;
    }

    private static void look(IndexColorModel palette, int[] row, byte[] rgb, int to) {
        for (int pixel = 0; pixel < row.length; pixel++) {
            rgb[to + 3 * pixel] = (byte) palette.getRed(row[pixel]);
            rgb[to + 3 * pixel + 1] = (byte) palette.getGreen(row[pixel]);
            rgb[to + 3 * pixel + 2] = (byte) palette.getBlue(row[pixel]);
        }
    }

    private static void shift(Raster raster, int[] row, byte[] rgb, int to) {
        int bands = raster.getNumBands();
        int shift = raster.getSampleModel().getSampleSize(0) - Byte.SIZE;
        int green = bands < 3 ? 0 : 1;
        int blue = bands < 3 ? 0 : 2;
        for (int from = 0, at = to; from < row.length; from += bands, at += 3) {
            rgb[at] = (byte) (row[from] >> shift);
            rgb[at + 1] = (byte) (row[from + green] >> shift);
            rgb[at + 2] = (byte) (row[from + blue] >> shift);
        }
    }

    /** The stored samples: (H, W, bands). */
    static int[] samples(Raster raster) {
        return raster.getPixels(
                raster.getMinX(), raster.getMinY(), raster.getWidth(), raster.getHeight(), (int[]) null);
    }
}
