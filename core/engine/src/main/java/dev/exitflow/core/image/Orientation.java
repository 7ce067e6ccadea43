package dev.exitflow.core.image;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How a stored image is turned to stand upright: the eight values of EXIF's tag Orientation, in their order from 1. */
enum Orientation {
    UPRIGHT(false, false, false),
    MIRRORED(false, true, false),
    TURNED_180(false, true, true),
    FLIPPED(false, false, true),
    TRANSPOSED(true, false, false),
    TURNED_90(true, false, true),
    TRANSVERSED(true, true, true),
    TURNED_270(true, true, false);

    private static final int TAG = 0x0112;
    private static final int TYPE_SHORT = 3;
    private static final int ENTRY_BYTES = 12;

    private final boolean swapsSides;
    /** Whether the stored rows are read from their end. */
    private final boolean fromRight;
    /** Whether the stored columns are read from their end. */
    private final boolean fromBottom;

    Orientation(boolean swapsSides, boolean fromRight, boolean fromBottom) {
        this.swapsSides = swapsSides;
        this.fromRight = fromRight;
        this.fromBottom = fromBottom;
    }

    /**
     * Reads the tag from a block of EXIF data.
     *
     * @param exif from the byte order mark on, to the block's limit
     * @return {@link #UPRIGHT} where the block has no such tag, another value in it, or is damaged
     */
    static Orientation of(ByteBuffer exif) {
        try {
            ByteBuffer tiff = exif.slice();
            tiff.order(tiff.getShort() == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            tiff.position(tiff.getInt(4));
            int entries = Short.toUnsignedInt(tiff.getShort());
            int first = tiff.position();
            for (int entry = 0; entry < entries; entry++) {
                int at = first + entry * ENTRY_BYTES;
                if (Short.toUnsignedInt(tiff.getShort(at)) == TAG && tiff.getShort(at + 2) == TYPE_SHORT) {
                    int value = Short.toUnsignedInt(tiff.getShort(at + 8));
                    return value >= 1 && value <= values().length ? values()[value - 1] : UPRIGHT;
                }
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            // Damaged metadata costs no pixel; viewers show such an image as it is stored.
            return UPRIGHT;
        }
        return UPRIGHT;
    }

    /** Whether rows become columns. */
    boolean swapsSides() {
        return swapsSides;
    }

    /**
     * Turns an image upright.
     *
     * @param stored (H, W, 3)
     * @return (H, W, 3), or (W, H, 3) where the sides are swapped; the same array where it is upright already
     */
    byte[] turn(byte[] stored, int storedWidth, int storedHeight) {
        if (this == UPRIGHT) {
            return stored;
        }
        int width = swapsSides ? storedHeight : storedWidth;
        byte[] upright = new byte[stored.length];
        for (int to = 0; to < upright.length; to += 3) {
            int x = to / 3 % width;
            int y = to / 3 / width;
            int column = swapsSides ? y : x;
            int row = swapsSides ? x : y;
            int fromX = fromRight ? storedWidth - 1 - column : column;
            int fromY = fromBottom ? storedHeight - 1 - row : row;
            System.arraycopy(stored, 3 * (fromY * storedWidth + fromX), upright, to, 3);
        }
        return upright;
    }
}
