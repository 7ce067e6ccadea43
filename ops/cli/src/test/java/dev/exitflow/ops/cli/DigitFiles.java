package dev.exitflow.ops.cli;

import dev.exitflow.ops.digits.DigitsGenerator;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** One gray digit as files of many kinds, as cameras and programs write them. */
final class DigitFiles {

    private static final int SIDE = DigitsGenerator.SIDE;

    private final Path folder;
    private final byte[] gray = new byte[SIDE * SIDE];

    DigitFiles(Path folder) {
        this.folder = folder;
        byte[] rgb = new DigitsGenerator(2).draw(0, 0).rgb();
        for (int pixel = 0; pixel < gray.length; pixel++) {
            int sum = 0;
            for (int channel = 0; channel < 3; channel++) {
                sum += Byte.toUnsignedInt(rgb[3 * pixel + channel]);
            }
            gray[pixel] = (byte) (sum / 3);
        }
    }

    Path rgbPng() throws IOException {
        return png("rgb.png", picture(gray, BufferedImage.TYPE_INT_RGB));
    }

    Path grayPng() throws IOException {
        return png("gray.png", picture(gray, BufferedImage.TYPE_BYTE_GRAY));
    }

    Path rgbJpeg() throws IOException {
        return write("rgb.jpg", jpeg(picture(gray, BufferedImage.TYPE_INT_RGB)));
    }

    Path grayJpeg() throws IOException {
        return write("gray.jpg", jpeg(picture(gray, BufferedImage.TYPE_BYTE_GRAY)));
    }

    /** Inks as 255 less each, without any black, as the Adobe marker says. */
    Path cmykJpeg() throws IOException {
        byte[] inks = new byte[4 * gray.length];
        for (int sample = 0; sample < inks.length; sample++) {
            inks[sample] = sample % 4 == 3 ? (byte) 255 : gray[sample / 4];
        }
        Raster raster = Raster.createInterleavedRaster(
                new DataBufferByte(inks, inks.length), SIDE, SIDE, 4 * SIDE, 4, new int[] {0, 1, 2, 3}, null);
        byte[] marker = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};
        return write("cmyk.jpg", with(jpeg(new IIOImage(raster, null, null)), 0xEE, marker));
    }

    /** Stored a quarter turn to the left, as EXIF orientation 6 says. */
    Path turnedJpeg() throws IOException {
        byte[] turned = new byte[gray.length];
        for (int pixel = 0; pixel < gray.length; pixel++) {
            turned[(SIDE - 1 - pixel % SIDE) * SIDE + pixel / SIDE] = gray[pixel];
        }
        ByteBuffer exif = ByteBuffer.allocate(32).put("Exif\0\0MM".getBytes(StandardCharsets.US_ASCII));
        exif.putShort((short) 42).putInt(8).putShort((short) 1);
        exif.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) 6);
        return write("turned.jpg", with(jpeg(picture(turned, BufferedImage.TYPE_INT_RGB)), 0xE1, exif.array()));
    }

    /** Two zeros before each restart marker. */
    Path paddedJpeg() throws IOException {
        BufferedImage image = picture(gray, BufferedImage.TYPE_INT_RGB);
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), null);
        writer.dispose();
        IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(metadata.getNativeMetadataFormatName());
        IIOMetadataNode restart = new IIOMetadataNode("dri");
        restart.setAttribute("interval", "2");
        root.getLastChild().insertBefore(restart, root.getLastChild().getFirstChild());
        metadata.setFromTree(metadata.getNativeMetadataFormatName(), root);
        byte[] jpeg = jpeg(new IIOImage(image, null, metadata));
        ByteArrayOutputStream padded = new ByteArrayOutputStream();
        for (int at = 0; at < jpeg.length; at++) {
            if (at + 1 < jpeg.length && jpeg[at] == (byte) 0xFF && (jpeg[at + 1] & 0xF8) == 0xD0) {
                padded.write(new byte[2]);
            }
            padded.write(jpeg[at]);
        }
        return write("padded.jpg", padded.toByteArray());
    }

    Path badlyProfiledJpeg() throws IOException {
        byte[] profile = Arrays.copyOf("ICC_PROFILE\0\1\1\0\0\2\54lcms".getBytes(StandardCharsets.ISO_8859_1), 200);
        return write("profiled.jpg", with(Files.readAllBytes(rgbJpeg()), 0xE2, profile));
    }

    Path cutJpeg() throws IOException {
        byte[] whole = Files.readAllBytes(rgbJpeg());
        return write("cut.jpg", Arrays.copyOf(whole, whole.length / 2 + 300));
    }

    Path largerPng() throws IOException {
        return png("larger.png", new BufferedImage(SIDE + 1, SIDE, BufferedImage.TYPE_INT_RGB));
    }

    Path text() throws IOException {
        return write("text.png", "not an image".getBytes(StandardCharsets.UTF_8));
    }

    private Path png(String name, BufferedImage image) throws IOException {
        Path file = folder.resolve(name);
        ImageIO.write(image, "png", file.toFile());
        return file;
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static BufferedImage picture(byte[] gray, int type) {
        BufferedImage picture = new BufferedImage(SIDE, SIDE, type);
        for (int pixel = 0; pixel < gray.length; pixel++) {
            int[] value = new int[picture.getRaster().getNumBands()];
            Arrays.fill(value, Byte.toUnsignedInt(gray[pixel]));
            picture.getRaster().setPixel(pixel % SIDE, pixel / SIDE, value);
        }
        return picture;
    }

    private static byte[] jpeg(BufferedImage image) throws IOException {
        return jpeg(new IIOImage(image, null, null));
    }

    private static byte[] jpeg(IIOImage image) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam param = writer.getDefaultWriteParam();
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        param.setCompressionQuality(1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, image, param);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** Puts a segment behind the file's first marker. */
    private static byte[] with(byte[] jpeg, int marker, byte[] content) {
        ByteBuffer out = ByteBuffer.allocate(jpeg.length + content.length + 4).put(jpeg, 0, 2);
        out.putShort((short) (0xFF00 | marker))
                .putShort((short) (content.length + 2))
                .put(content);
        return out.put(jpeg, 2, jpeg.length - 2).array();
    }
}
