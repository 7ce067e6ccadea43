package dev.exitflow.core.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Walks the segments of a JPEG file up to its first scan.
 *
 * <p>Of itself ImageIO converts colours by an embedded profile, guesses those of a file without a JFIF marker by rules of its
 * own, and warns of damaged metadata or fails on it. So its reader gets the tables, the frame, the scans, and an Adobe marker
 * that states the colours. Serves one file.
 */
final class JpegSegments {

    /** The first marker of every file: start of image. */
    static final short SIGNATURE = (short) 0xFFD8;

    private static final int START_OF_IMAGE = 0xD8;
    private static final int END_OF_IMAGE = 0xD9;
    private static final int START_OF_SCAN = 0xDA;
    private static final int RESTART_INTERVAL = 0xDD;
    private static final int APPLICATION_0 = 0xE0;
    private static final int APPLICATION_1 = 0xE1;
    private static final int APPLICATION_14 = 0xEE;
    private static final int APPLICATION_15 = 0xEF;
    private static final int COMMENT = 0xFE;

    private static final String JFIF = "JFIF\0";
    private static final String EXIF = "Exif\0\0";
    private static final String ADOBE = "Adobe";
    /** Bytes of a segment before its content: its length. */
    private static final int LENGTH_BYTES = 2;

    private static final int ADOBE_VERSION = 100;
    private static final int ADOBE_TRANSFORM_AT = 11;
    private static final byte[] ALL_COEFFICIENTS = {0, 63, 0};
    /** Bytes at the end of a scan's header that say which coefficients it has. */
    private static final int SCAN_BAND_BYTES = ALL_COEFFICIENTS.length;

    private static final int FRAME_HEIGHT_AT = 1;
    private static final int FRAME_COMPONENTS_AT = 6;
    private static final int FRAME_COMPONENT_BYTES = 3;

    private final ByteBuffer file;
    private final ByteArrayOutputStream kept;
    private Orientation orientation = Orientation.UPRIGHT;
    private boolean jfif;
    private int adobeTransform = -1;
    private boolean isSequential;
    private int width;
    private int height;
    private byte[] componentIds = {};
    /** The most samples in a block's row and column of 8. */
    private int samplingX = 1;

    private int samplingY = 1;
    private int sizeAt;
    private int restartInterval;

    JpegSegments(byte[] file) {
        this.file = ByteBuffer.wrap(file);
        this.kept = new ByteArrayOutputStream(file.length + 16);
    }

    /** @throws IOException if there is no frame before the first scan, or no scan */
    JpegFile read() throws IOException {
        if (file.limit() < 2 || file.getShort() != SIGNATURE) {
            throw new IOException("it does not begin with a JPEG's marker");
        }
        kept.write(file.array(), 0, file.position());
        for (int marker = nextMarker(); marker != START_OF_SCAN; marker = nextMarker()) {
            if (marker == START_OF_IMAGE || marker == END_OF_IMAGE) {
                throw new IOException("it has no pixels");
            }
            if (marker >= 0xC0 && (marker < 0xD0 || marker > 0xD7)) { // others stand alone
                segment(marker);
            }
        }
        JpegColours colours = JpegColours.of(componentIds, jfif, adobeTransform);
        if (colours == null) {
            throw new IOException(componentIds.length + " colour components, expected 1, 3 or 4");
        }
        int scanLength = file.remaining() < LENGTH_BYTES ? 0 : Short.toUnsignedInt(file.getShort(file.position()));
        if (scanLength < SCAN_BAND_BYTES || scanLength > file.remaining()) {
            throw new IOException("it ends before its pixels");
        }
        int scanAt = keepScans(colours) + 2 + scanLength;
        byte[] plain = kept.toByteArray();
        if (isSequential) { // all coefficients, whatever the file says: libjpeg decodes it so, and warns of anything
            // else
            System.arraycopy(ALL_COEFFICIENTS, 0, plain, scanAt - SCAN_BAND_BYTES, SCAN_BAND_BYTES);
        }
        return new JpegFile(width, height, orientation, colours, restarts(scanAt), plain);
    }

    /** Passes over what is no marker, as libjpeg does, and leaves the position behind the next one. */
    private int nextMarker() throws IOException {
        int previous = 0;
        while (file.hasRemaining()) {
            int next = Byte.toUnsignedInt(file.get());
            if (previous == 0xFF && next != 0xFF && next != 0) {
                return next;
            }
            previous = next;
        }
        throw new IOException("it ends before its pixels");
    }

    private void segment(int marker) throws IOException {
        int from = file.position();
        int length = file.remaining() < LENGTH_BYTES ? 0 : Short.toUnsignedInt(file.getShort(from));
        if (length < LENGTH_BYTES || length > file.remaining()) {
            throw new IOException("it ends before its pixels");
        }
        file.position(from + length);
        ByteBuffer content = file.slice(from + LENGTH_BYTES, length - LENGTH_BYTES);
        switch (marker) {
            case APPLICATION_0 -> jfif |= startsWith(content, JFIF);
            case APPLICATION_1 -> {
                if (orientation == Orientation.UPRIGHT && startsWith(content, EXIF)) {
                    orientation = Orientation.of(content.position(EXIF.length()));
                }
            }
            case APPLICATION_14 -> {
                if (startsWith(content, ADOBE) && content.limit() > ADOBE_TRANSFORM_AT) {
                    adobeTransform = Byte.toUnsignedInt(content.get(ADOBE_TRANSFORM_AT));
                }
            }
            case RESTART_INTERVAL -> {
                restartInterval = content.limit() < 2 ? 0 : Short.toUnsignedInt(content.getShort(0));
                keep(marker, from, length);
            }
            default -> {
                if (isFrame(marker)) {
                    isSequential = marker <= 0xC1;
                    sizeAt = kept.size() + 2 + LENGTH_BYTES + FRAME_HEIGHT_AT;
                    frame(content);
                }
                if (marker != COMMENT && (marker < APPLICATION_0 || marker > APPLICATION_15)) {
                    keep(marker, from, length);
                }
            }
        }
    }

    private void keep(int marker, int from, int length) {
        kept.write(0xFF);
        kept.write(marker);
        kept.write(file.array(), from, length);
    }

    /** Tables of codes (C4, CC) and a reserved marker (C8) lie between the markers of frames. */
    private static boolean isFrame(int marker) {
        return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    }

    private void frame(ByteBuffer content) throws IOException {
        int components =
                content.limit() < FRAME_COMPONENTS_AT ? 0 : Byte.toUnsignedInt(content.get(FRAME_COMPONENTS_AT - 1));
        if (content.limit() < FRAME_COMPONENTS_AT + FRAME_COMPONENT_BYTES * components) {
            throw new IOException("its frame header is too short");
        }
        height = Short.toUnsignedInt(content.getShort(FRAME_HEIGHT_AT));
        width = Short.toUnsignedInt(content.getShort(FRAME_HEIGHT_AT + 2));
        componentIds = new byte[components];
        for (int component = 0; component < components; component++) {
            int at = FRAME_COMPONENTS_AT + FRAME_COMPONENT_BYTES * component;
            componentIds[component] = content.get(at);
            int sampling = Byte.toUnsignedInt(content.get(at + 1));
            samplingX = Math.max(samplingX, sampling >> 4);
            samplingY = Math.max(samplingY, sampling & 0xF);
        }
    }

    private static boolean startsWith(ByteBuffer content, String name) {
        byte[] expected = name.getBytes(StandardCharsets.ISO_8859_1);
        return content.limit() >= expected.length
                && content.slice(0, expected.length).equals(ByteBuffer.wrap(expected));
    }

    private RestartIntervals restarts(int scanAt) {
        boolean isInterleaved = componentIds.length > 1;
        int blockWidth = 8 * (isInterleaved ? samplingX : 1);
        int blockHeight = 8 * (isInterleaved ? samplingY : 1);
        int blocks = (width + blockWidth - 1) / blockWidth * ((height + blockHeight - 1) / blockHeight);
        return new RestartIntervals(restartInterval, blocks, blockWidth, blockHeight, sizeAt, scanAt);
    }

    /**
     * Closes what is kept with an Adobe marker, which gray needs none of, and with the scans as they are.
     *
     * @return where the first scan's marker begins in what is kept
     */
    private int keepScans(JpegColours colours) {
        if (colours != JpegColours.GRAY) {
            ByteBuffer adobe = ByteBuffer.allocate(16);
            adobe.putShort((short) (0xFF00 | APPLICATION_14)).putShort((short) 14);
            adobe.put(ADOBE.getBytes(StandardCharsets.ISO_8859_1)).putShort((short) ADOBE_VERSION);
            kept.write(adobe.put(15, (byte) colours.adobeTransform()).array(), 0, adobe.limit());
        }
        int scan = kept.size();
        kept.write(file.array(), file.position() - 2, file.limit() - file.position() + 2);
        return scan;
    }
}
