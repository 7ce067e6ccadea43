package dev.exitflow.core.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The parts of a JPEG's scan between its restart markers, each of which can be decoded by itself.
 *
 * <p>libjpeg warns only once per image. Where that warning is of padding before a restart marker, it does not say whether
 * pixels are missing further on, so each interval is then decoded as an image of its own.
 *
 * @param interval blocks of pixels between two markers; 0 where the image has no restart markers
 * @param blocks of the whole image
 * @param blockWidth pixels in a row of a block
 * @param blockHeight rows of a block
 * @param sizeAt where the frame's header has the image's height, and behind it the width
 * @param scanAt where the scan's data begin
 */
record RestartIntervals(int interval, int blocks, int blockWidth, int blockHeight, int sizeAt, int scanAt) {

    private static final byte[] END_OF_IMAGE = {(byte) 0xFF, (byte) 0xD9};
    private static final int LARGEST_SIDE = 65_500;

    /**
     * Decodes every interval. Does nothing where the image has more than one scan, or intervals of more blocks than fit a row.
     *
     * @param jpeg the whole image
     * @param reader of JPEG images; has another input afterwards
     * @throws IOException if an interval is missing
     */
    void read(byte[] jpeg, ImageReader reader) throws IOException {
        if (interval == 0 || (long) interval * blockWidth > LARGEST_SIDE) {
            return;
        }
        List<byte[]> intervals = new ArrayList<>();
        int from = scanAt;
        for (int at = scanAt; at + 1 < jpeg.length; at++) {
            int marker = Byte.toUnsignedInt(jpeg[at + 1]);
            if (jpeg[at] != (byte) 0xFF || marker == 0 || marker == 0xFF) {
                continue;
            }
            intervals.add(Arrays.copyOfRange(jpeg, from, at));
            if (marker == 0xD9) {
                break;
            }
            if (marker < 0xD0 || marker > 0xD7) {
                return;
            }
            if (marker - 0xD0 != (intervals.size() - 1) % 8) {
                throw new IOException("restart marker " + (intervals.size() - 1) + " is missing");
            }
            from = at + 2;
        }
        int expected = (blocks + interval - 1) / interval;
        if (intervals.size() != expected) {
            throw new IOException(intervals.size() + " restart intervals, expected " + expected);
        }
        for (int index = 0; index < expected; index++) {
            read(jpeg, intervals.get(index), Math.min(interval, blocks - index * interval), reader);
        }
    }

    /** Decodes one interval as an image of one row of blocks. */
    private void read(byte[] jpeg, byte[] data, int length, ImageReader reader) throws IOException {
        ByteBuffer image = ByteBuffer.allocate(scanAt + data.length + END_OF_IMAGE.length);
        image.put(jpeg, 0, scanAt).put(data).put(END_OF_IMAGE);
        image.putShort(sizeAt, (short) blockHeight).putShort(sizeAt + 2, (short) (length * blockWidth));
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(image.array()))) {
            reader.setInput(in, true, true);
            reader.readRaster(0, null);
        }
    }
}
