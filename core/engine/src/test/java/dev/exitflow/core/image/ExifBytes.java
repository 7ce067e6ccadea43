package dev.exitflow.core.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Blocks of EXIF data that hold an orientation. */
public final class ExifBytes {

    private ExifBytes() {}

    /** As a PNG's eXIf chunk holds it. */
    public static byte[] of(int orientation, ByteOrder order) {
        ByteBuffer exif = ByteBuffer.allocate(38).order(order);
        exif.put((order == ByteOrder.BIG_ENDIAN ? "MM" : "II").getBytes(StandardCharsets.US_ASCII));
        exif.putShort((short) 42).putInt(8).putShort((short) 2);
        exif.putShort((short) 0x0100).putShort((short) 4).putInt(1).putInt(640); // a width, which says nothing here
        exif.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation);
        return exif.array();
    }

    /** As a JPEG's first application segment holds it. */
    public static byte[] segment(int orientation, ByteOrder order) {
        return ByteBuffer.allocate(44)
                .put("Exif\0\0".getBytes(StandardCharsets.US_ASCII))
                .put(of(orientation, order))
                .array();
    }
}
