package dev.exitflow.core.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the pixels of every encoding to the values that are stored. */
class ImagePixelsTest {

    private static final int SIDE = 32;
    private static final int AREA = SIDE * SIDE;
    private static final int COLOURS = 256;
    /** Every value, several times. */
    private static final int[] RAMP =
            IntStream.range(0, AREA).map(pixel -> pixel % COLOURS).toArray();
    /** How far a JPEG of the best quality may be off. */
    private static final int JPEG_LOSS = 2;

    static Stream<Arguments> pngs() {
        int[] rgb = IntStream.range(0, 3 * AREA).map(index -> index * 37 & 0xFF).toArray();
        int[] deep = Arrays.stream(rgb).map(value -> value << 8 | 0xFF - value).toArray();
        byte[] palette = new byte[3 * COLOURS];
        IntStream.range(0, palette.length).forEach(index -> palette[index] = (byte) (index * 91));
        byte[] plte = PngBytes.chunk("PLTE", palette);
        byte[] clear = PngBytes.chunk("tRNS", new byte[] {0, 100});
        byte[] clearRgb = PngBytes.chunk("tRNS", new byte[] {0, 0, 0, 37, 0, 74});
        return Stream.of(
                Arguments.of("gray", PngBytes.of(PngBytes.GRAY, 8, SIDE, RAMP), gray(value -> value)),
                Arguments.of("gray of 1 bit", grayOf(1), gray(value -> value % 2 * 255)),
                Arguments.of("gray of 2 bits", grayOf(2), gray(value -> value % 4 * 85)),
                Arguments.of("gray of 4 bits", grayOf(4), gray(value -> value % 16 * 17)),
                Arguments.of(
                        "gray of 16 bits",
                        PngBytes.of(PngBytes.GRAY, 16, SIDE, map(value -> value << 8 | 0xFF - value)),
                        gray(value -> value)),
                Arguments.of(
                        "gray, one value transparent",
                        PngBytes.of(PngBytes.GRAY, 8, SIDE, RAMP, clear),
                        gray(value -> value)),
                Arguments.of(
                        "gray with alpha",
                        PngBytes.of(PngBytes.GRAY_ALPHA, 8, SIDE, withAlpha(RAMP, 1, 255)),
                        gray(value -> value)),
                Arguments.of(
                        "gray with alpha of 16 bits",
                        PngBytes.of(PngBytes.GRAY_ALPHA, 16, SIDE, withAlpha(map(value -> value << 8 | 200), 1, 65535)),
                        gray(value -> value)),
                Arguments.of("RGB", PngBytes.of(PngBytes.RGB, 8, SIDE, rgb), bytes(rgb)),
                Arguments.of("RGB of 16 bits", PngBytes.of(PngBytes.RGB, 16, SIDE, deep), bytes(rgb)),
                Arguments.of(
                        "RGB, one colour transparent", PngBytes.of(PngBytes.RGB, 8, SIDE, rgb, clearRgb), bytes(rgb)),
                Arguments.of(
                        "RGB with alpha", PngBytes.of(PngBytes.RGB_ALPHA, 8, SIDE, withAlpha(rgb, 3, 255)), bytes(rgb)),
                Arguments.of(
                        "RGB with alpha of 16 bits",
                        PngBytes.of(PngBytes.RGB_ALPHA, 16, SIDE, withAlpha(deep, 3, 65535)),
                        bytes(rgb)),
                Arguments.of("palette", paletteOf(8, plte), coloured(palette, COLOURS)),
                Arguments.of("palette of 1 bit", paletteOf(1, plte), coloured(palette, 2)),
                Arguments.of("palette of 2 bits", paletteOf(2, plte), coloured(palette, 4)),
                Arguments.of("palette of 4 bits", paletteOf(4, plte), coloured(palette, 16)),
                Arguments.of("palette, two colours transparent", paletteOf(8, plte, clear), coloured(palette, COLOURS)),
                Arguments.of(
                        "gray with a gamma and a damaged profile",
                        PngBytes.of(
                                PngBytes.GRAY,
                                8,
                                SIDE,
                                RAMP,
                                PngBytes.chunk("gAMA", new byte[] {0, 1, (byte) 0x86, (byte) 0xA0}),
                                PngBytes.chunk("iCCP", new byte[] {65, 0, 0, 1, 2, 3}),
                                PngBytes.chunk("iCCP", new byte[] {1}),
                                PngBytes.chunk("tIME", new byte[] {1}),
                                PngBytes.chunk("tRNS", new byte[7]),
                                plte),
                        gray(value -> value)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pngs")
    void shouldGiveTheStoredValuesWhenAPngIsDecoded(String kind, byte[] png, byte[] expected) {
        assertThat(pixels(ImageEncoding.PNG, png)).isEqualTo(expected);
    }

    static Stream<Arguments> jpegs() {
        byte[] gray = JpegBytes.ofComponents(SIDE, 1, flat(64));
        byte[] three = JpegBytes.ofComponents(SIDE, 3, flat(200, 100, 30));
        byte[] four = JpegBytes.ofComponents(SIDE, 4, flat(200, 100, 30, 160));
        byte[] ycc = rgb(200 + 1.402 * -98, 200 - 0.344136 * -28 - 0.714136 * -98, 200 + 1.772 * -28);
        byte[] yccInks = rgb(
                (255 - (200 + 1.402 * -98)) * 160 / 255,
                (255 - (200 - 0.344136 * -28 - 0.714136 * -98)) * 160 / 255,
                (255 - (200 + 1.772 * -28)) * 160 / 255);
        byte[] linear = JpegBytes.profile(
                1, 1, ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData());
        return Stream.of(
                Arguments.of("gray", gray, rgb(64, 64, 64)),
                Arguments.of("gray with a JFIF marker", JpegBytes.with(gray, JpegBytes.JFIF, jfif(1)), rgb(64, 64, 64)),
                Arguments.of("YCbCr with a JFIF marker", JpegBytes.with(three, JpegBytes.JFIF, jfif(1)), ycc),
                Arguments.of("YCbCr with an Adobe marker", adobe(three, 1), ycc),
                Arguments.of("YCbCr without a marker", withComponentIds(three, 1, 2, 3), ycc),
                Arguments.of("YCbCr as some webcams number it", withComponentIds(three, 0, 1, 2), ycc),
                Arguments.of("RGB with an Adobe marker", adobe(three, 0), rgb(200, 100, 30)),
                Arguments.of("RGB by name", withComponentIds(three, 'R', 'G', 'B'), rgb(200, 100, 30)),
                Arguments.of("CMYK with an Adobe marker", adobe(four, 0), rgb(125.5, 62.7, 18.8)),
                Arguments.of("CMYK without one", four, rgb(55 * 95 / 255.0, 155 * 95 / 255.0, 225 * 95 / 255.0)),
                Arguments.of("YCCK", adobe(four, 2), yccInks),
                Arguments.of(
                        "RGB with another profile",
                        JpegBytes.with(adobe(three, 0), JpegBytes.PROFILE, linear),
                        rgb(200, 100, 30)),
                Arguments.of(
                        "YCbCr with another profile", JpegBytes.with(adobe(three, 1), JpegBytes.PROFILE, linear), ycc));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("jpegs")
    void shouldGiveTheStoredColoursWhenAJpegIsDecoded(String kind, byte[] jpeg, byte[] expected) {
        assertClose(pixels(ImageEncoding.JPEG, jpeg), expected);
    }

    static Stream<Arguments> wholeJpegs() {
        BufferedImage picture = picture();
        byte[] plain = JpegBytes.of(picture);
        byte[] restarts = JpegBytes.withRestarts(picture, 1);
        byte[] oddScan = plain.clone();
        oddScan[find(oddScan, 0xDA) + 12] = 0;
        byte[] exif = Arrays.copyOf(ExifBytes.segment(6, ByteOrder.BIG_ENDIAN), 30);
        byte[] sRgb = ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData();
        byte[] profiled = JpegBytes.with(plain, JpegBytes.PROFILE, JpegBytes.profile(1, 1, sRgb));
        return Stream.of(
                Arguments.of("progressive", JpegBytes.progressive(picture)),
                Arguments.of("without Huffman tables, as frames of MJPEG", JpegBytes.withoutTables(plain)),
                Arguments.of("restart markers", restarts),
                Arguments.of("padding before restart markers", padded(restarts)),
                Arguments.of(
                        "profile that is cut",
                        JpegBytes.with(plain, JpegBytes.PROFILE, JpegBytes.profile(1, 1, Arrays.copyOf(sRgb, 500)))),
                Arguments.of(
                        "profile that lacks a part",
                        JpegBytes.with(plain, JpegBytes.PROFILE, JpegBytes.profile(1, 2, sRgb))),
                Arguments.of(
                        "profile twice", JpegBytes.with(profiled, JpegBytes.PROFILE, JpegBytes.profile(1, 1, sRgb))),
                Arguments.of("JFIF marker of another version", withJfifVersion(plain, 9)),
                Arguments.of("JFIF marker twice", JpegBytes.with(plain, JpegBytes.JFIF, jfif(1))),
                Arguments.of("EXIF data that end early", JpegBytes.with(plain, JpegBytes.EXIF, exif)),
                Arguments.of("comment", JpegBytes.with(plain, JpegBytes.COMMENT, new byte[100])),
                Arguments.of("bytes behind the end", Arrays.copyOf(plain, plain.length + 100)),
                Arguments.of("scan that says it has one coefficient", oddScan));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wholeJpegs")
    void shouldTakeAJpegWhenAllOfItsPixelsAreThere(String kind, byte[] jpeg) {
        assertThat(pixels(ImageEncoding.JPEG, jpeg)).isEqualTo(pixels(ImageEncoding.JPEG, JpegBytes.of(picture())));
    }

    static Stream<Arguments> brokenJpegs() {
        byte[] plain = JpegBytes.of(picture());
        byte[] restarts = JpegBytes.withRestarts(picture(), 1);
        byte[] padded = padded(restarts);
        int frame = find(plain, 0xC0);
        byte[] bomb = Arrays.copyOfRange(plain, frame + 4, frame + 19);
        bomb[1] = bomb[3] = 100;
        return Stream.of(
                Arguments.of("the last byte is missing", Arrays.copyOf(plain, plain.length - 1)),
                Arguments.of("half a scan and an end", without(plain, find(plain, 0xDA) + 60, plain.length - 2)),
                Arguments.of(
                        "a restart marker is missing", without(restarts, find(restarts, 0xD1), find(restarts, 0xD2))),
                Arguments.of(
                        "padded, and a restart marker is missing",
                        without(padded, find(padded, 0xD1), find(padded, 0xD2))),
                Arguments.of(
                        "padded, and the end of the last interval is missing",
                        without(padded, find(padded, 0xD2) + 8, padded.length - 2)),
                Arguments.of(
                        "padded, and the end of the last interval is missing with the end marker",
                        Arrays.copyOf(padded, find(padded, 0xD2) + 8)),
                Arguments.of("two frames, the first of which is huge", JpegBytes.with(plain, 0xC0, bomb)),
                Arguments.of("two components", JpegBytes.ofComponents(SIDE, 2, flat(1, 2))),
                Arguments.of("no scan", Arrays.copyOf(plain, find(plain, 0xDA))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenJpegs")
    void shouldRefuseAJpegWhenPixelsAreMissing(String kind, byte[] jpeg) {
        DecodedImage decoded =
                new ImageDecoder(SIDE, SIDE).decode(new EncodedImage(ImageEncoding.JPEG, SIDE, SIDE, jpeg));

        assertThat(decoded).isInstanceOfSatisfying(DecodedImage.Refused.class, refused -> assertThat(refused.reason())
                .isEqualTo(RejectReason.UNDECODABLE_IMAGE));
    }

    @Test
    void shouldRefuseAPngWhenAnyOfItsPixelsAreMissing() {
        byte[] png = PngBytes.of(
                PngBytes.RGB,
                8,
                SIDE,
                IntStream.range(0, 3 * AREA).map(n -> n * n * 31 & 255).toArray());

        for (int length = 0; length < png.length - 30; length++) {
            assertThat(new ImageDecoder(SIDE, SIDE)
                            .decode(new EncodedImage(ImageEncoding.PNG, SIDE, SIDE, Arrays.copyOf(png, length))))
                    .as("%d of %d bytes", length, png.length)
                    .isInstanceOf(DecodedImage.Refused.class);
        }
    }

    private static byte[] pixels(ImageEncoding encoding, byte[] file) {
        DecodedImage decoded = new ImageDecoder(SIDE, SIDE).decode(new EncodedImage(encoding, SIDE, SIDE, file));
        assertThat(decoded).isInstanceOf(DecodedImage.Pixels.class);
        return ((DecodedImage.Pixels) decoded).rgb();
    }

    private static void assertClose(byte[] pixels, byte[] expected) {
        for (int index = 0; index < pixels.length; index++) {
            assertThat(Byte.toUnsignedInt(pixels[index]))
                    .as("value %d", index)
                    .isBetween(
                            Byte.toUnsignedInt(expected[index]) - JPEG_LOSS,
                            Byte.toUnsignedInt(expected[index]) + JPEG_LOSS);
        }
    }

    private static byte[] grayOf(int bits) {
        return PngBytes.of(PngBytes.GRAY, bits, SIDE, map(value -> value % (1 << bits)));
    }

    private static byte[] paletteOf(int bits, byte[] plte, byte... transparency) {
        byte[] entries = PngBytes.chunk("PLTE", Arrays.copyOfRange(plte, 8, 8 + 3 * (1 << bits)));
        return PngBytes.of(PngBytes.PALETTE, bits, SIDE, map(value -> value % (1 << bits)), entries, transparency);
    }

    private static byte[] gray(IntUnaryOperator value) {
        return bytes(IntStream.range(0, 3 * AREA)
                .map(index -> value.applyAsInt(RAMP[index / 3]))
                .toArray());
    }

    private static byte[] coloured(byte[] palette, int colours) {
        return bytes(IntStream.range(0, 3 * AREA)
                .map(index -> palette[3 * (RAMP[index / 3] % colours) + index % 3])
                .toArray());
    }

    private static int[] map(IntUnaryOperator value) {
        return Arrays.stream(RAMP).map(value).toArray();
    }

    /** Puts an alpha that varies behind each pixel's samples. */
    private static int[] withAlpha(int[] samples, int channels, int most) {
        return IntStream.range(0, samples.length / channels * (channels + 1))
                .map(index -> {
                    int pixel = index / (channels + 1);
                    int channel = index % (channels + 1);
                    return channel == channels ? pixel * 77 % (most + 1) : samples[pixel * channels + channel];
                })
                .toArray();
    }

    private static byte[] bytes(int[] values) {
        byte[] bytes = new byte[values.length];
        IntStream.range(0, values.length).forEach(index -> bytes[index] = (byte) values[index]);
        return bytes;
    }

    private static byte[] flat(int... pixel) {
        return bytes(IntStream.range(0, AREA * pixel.length)
                .map(index -> pixel[index % pixel.length])
                .toArray());
    }

    private static byte[] rgb(double red, double green, double blue) {
        return flat(clamped(red), clamped(green), clamped(blue));
    }

    private static int clamped(double value) {
        return (int) Math.round(Math.max(0, Math.min(255, value)));
    }

    /** A picture with much detail, in which a block that is lost or shifted shows. */
    private static BufferedImage picture() {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        for (int pixel = 0; pixel < AREA; pixel++) {
            image.setRGB(pixel % SIDE, pixel / SIDE, pixel * pixel * 2_654_435 & 0xFFFFFF);
        }
        return image;
    }

    private static byte[] jfif(int version) {
        return new byte[] {'J', 'F', 'I', 'F', 0, (byte) version, 1, 0, 0, 1, 0, 1, 0, 0};
    }

    private static byte[] withJfifVersion(byte[] jpeg, int version) {
        byte[] changed = jpeg.clone();
        changed[find(jpeg, 0xE0) + 9] = (byte) version;
        return changed;
    }

    private static byte[] adobe(byte[] jpeg, int transform) {
        return JpegBytes.with(jpeg, JpegBytes.ADOBE, JpegBytes.adobe(transform));
    }

    private static byte[] withComponentIds(byte[] jpeg, int... ids) {
        byte[] changed = jpeg.clone();
        int frame = find(jpeg, 0xC0);
        int scan = find(jpeg, 0xDA);
        for (int component = 0; component < ids.length; component++) {
            changed[frame + 10 + 3 * component] = (byte) ids[component];
            changed[scan + 5 + 2 * component] = (byte) ids[component];
        }
        return changed;
    }

    /** Two zeros before each restart marker, as some webcams send them. */
    private static byte[] padded(byte[] jpeg) {
        byte[] padded = jpeg;
        for (int marker = 0xD0; marker <= 0xD2; marker++) {
            int at = find(padded, marker);
            byte[] longer = new byte[padded.length + 2];
            System.arraycopy(padded, 0, longer, 0, at);
            System.arraycopy(padded, at, longer, at + 2, padded.length - at);
            padded = longer;
        }
        return padded;
    }

    private static byte[] without(byte[] bytes, int from, int to) {
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - (to - from));
        System.arraycopy(bytes, to, shorter, from, bytes.length - to);
        return shorter;
    }

    /** Where a marker is that occurs once. */
    private static int find(byte[] jpeg, int marker) {
        return IntStream.range(0, jpeg.length - 1)
                .filter(at -> jpeg[at] == (byte) 0xFF && jpeg[at + 1] == (byte) marker)
                .findFirst()
                .orElseThrow();
    }
}
