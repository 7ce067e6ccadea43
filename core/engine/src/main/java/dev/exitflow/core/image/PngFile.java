package dev.exitflow.core.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.imageio.ImageReader;

/**
 * A PNG file.
 *
 * @param width pixels in a stored row
 * @param height stored rows
 * @param orientation by its eXIf chunk
 * @param plain the file's header, palette and pixels
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not kept
record PngFile(int width, int height, Orientation orientation, byte[] plain) implements StoredImage {

    static final long SIGNATURE = 0x89504E470D0A1A0AL;

    private static final int HEADER = 0x49484452; // IHDR
    private static final int PALETTE = 0x504C5445; // PLTE
    private static final int PIXELS = 0x49444154; // IDAT
    private static final int END = 0x49454E44; // IEND
    private static final int EXIF = 0x65584966; // eXIf
    private static final int CHUNK_FRAME_BYTES = 12; // length, type, checksum
    private static final int HEADER_END = 8 + CHUNK_FRAME_BYTES + 13;

    static PngFile open(byte[] file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        if (file.length < HEADER_END || bytes.getLong(0) != SIGNATURE || bytes.getInt(12) != HEADER) {
            throw new IOException("it does not begin with a PNG's signature and header");
        }
        Orientation orientation = Orientation.UPRIGHT;
        ByteArrayOutputStream plain = new ByteArrayOutputStream(file.length);
        plain.write(file, 0, HEADER_END);
        int at = HEADER_END;
        while (at + CHUNK_FRAME_BYTES <= file.length) {
            long chunkBytes = CHUNK_FRAME_BYTES + Integer.toUnsignedLong(bytes.getInt(at));
            int type = bytes.getInt(at + 4);
            int present = (int) Math.min(chunkBytes, file.length - at);
            if (type == PALETTE || type == PIXELS || type == END) {
                plain.write(file, at, present);
            } else if (type == EXIF && orientation == Orientation.UPRIGHT && present == chunkBytes) {
                orientation = Orientation.of(bytes.slice(at + 8, present - CHUNK_FRAME_BYTES));
            }
            at += present;
        }
        plain.write(file, at, file.length - at);
        return new PngFile(bytes.getInt(16), bytes.getInt(20), orientation, plain.toByteArray());
    }

    @Override
    public String format() {
        return "png";
    }

    /** Reads the pixels; the reader throws where any are missing, and its warnings are of other things. */
    @Override
    public byte[] rgb(ImageReader reader) throws IOException {
        return StoredPixels.rgb(reader.read(0));
    }
}
