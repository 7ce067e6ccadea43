package dev.exitflow.core.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes PNG files of every colour type and depth, byte by byte, so that a test knows what is stored. */
public final class PngBytes {

    public static final int GRAY = 0;
    public static final int RGB = 2;
    public static final int PALETTE = 3;
    public static final int GRAY_ALPHA = 4;
    public static final int RGB_ALPHA = 6;

    private PngBytes() {}

    /**
     * Writes a file.
     *
     * @param samples (H, W, channels of the type)
     * @param chunks between the header and the pixels, see {@link #chunk}
     */
    public static byte[] of(int colourType, int bitDepth, int width, int[] samples, byte[]... chunks) {
        int channels = new int[] {1, 0, 3, 1, 2, 0, 4}[colourType];
        int height = samples.length / channels / width;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(8).putLong(PngFile.SIGNATURE).array());
        ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
        out.writeBytes(
                chunk("IHDR", header.put((byte) bitDepth).put((byte) colourType).array()));
        for (byte[] chunk : chunks) {
            out.writeBytes(chunk);
        }
        out.writeBytes(chunk("IDAT", deflated(rows(samples, width * channels, bitDepth))));
        out.writeBytes(chunk("IEND", new byte[0]));
        return out.toByteArray();
    }

    public static byte[] chunk(String type, byte[] content) {
        ByteBuffer chunk = ByteBuffer.allocate(12 + content.length).putInt(content.length);
        chunk.put(type.getBytes(StandardCharsets.US_ASCII)).put(content);
        CRC32 checksum = new CRC32();
        checksum.update(chunk.array(), 4, 4 + content.length);
        return chunk.putInt((int) checksum.getValue()).array();
    }

    private static byte[] rows(int[] samples, int samplesPerRow, int bitDepth) {
        int rowBytes = 1 + (samplesPerRow * bitDepth + 7) / 8; // the first says that the row is not filtered
        byte[] rows = new byte[samples.length / samplesPerRow * rowBytes];
        for (int index = 0; index < samples.length; index++) {
            int row = index / samplesPerRow * rowBytes + 1;
            int bit = index % samplesPerRow * bitDepth;
            if (bitDepth == 16) {
                rows[row + bit / 8] = (byte) (samples[index] >> 8);
                rows[row + bit / 8 + 1] = (byte) samples[index];
            } else {
                rows[row + bit / 8] |= (byte) (samples[index] << (8 - bitDepth - bit % 8));
            }
        }
        return rows;
    }

    private static byte[] deflated(byte[] bytes) {
        Deflater deflater = new Deflater();
        deflater.setInput(bytes);
        deflater.finish();
        byte[] out = new byte[bytes.length + 100];
        int length = deflater.deflate(out);
        deflater.end();
        return java.util.Arrays.copyOf(out, length);
    }
}
