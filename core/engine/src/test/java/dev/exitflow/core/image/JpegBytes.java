package dev.exitflow.core.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes JPEG files of any number of components, and puts segments into them. */
final class JpegBytes {

    static final int JFIF = 0xE0;
    static final int EXIF = 0xE1;
    static final int PROFILE = 0xE2;
    static final int ADOBE = 0xEE;
    static final int COMMENT = 0xFE;

    private JpegBytes() {}

    /** Writes components as they are, without a marker that says what they mean. */
    static byte[] ofComponents(int width, int components, byte[] samples) {
        int[] offsets = new int[components];
        for (int component = 0; component < components; component++) {
            offsets[component] = component;
        }
        int height = samples.length / components / width;
        Raster raster = Raster.createInterleavedRaster(
                new DataBufferByte(samples, samples.length),
                width,
                height,
                components * width,
                components,
                offsets,
                null);
        return write(new IIOImage(raster, null, null), ImageWriteParam.MODE_DISABLED);
    }

    /** Writes an image as most programs do, in YCbCr with a JFIF marker. */
    static byte[] of(BufferedImage image) {
        return write(new IIOImage(image, null, null), ImageWriteParam.MODE_DISABLED);
    }

    /** Writes an image in several scans. */
    static byte[] progressive(BufferedImage image) {
        return write(new IIOImage(image, null, null), ImageWriteParam.MODE_DEFAULT);
    }

    /** Writes an image with restart markers, one after each {@code interval} blocks. */
    static byte[] withRestarts(BufferedImage image, int interval) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), null);
        writer.dispose();
        IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(metadata.getNativeMetadataFormatName());
        IIOMetadataNode restart = new IIOMetadataNode("dri");
        restart.setAttribute("interval", Integer.toString(interval));
        root.getLastChild().insertBefore(restart, root.getLastChild().getFirstChild());
        try {
            metadata.setFromTree(metadata.getNativeMetadataFormatName(), root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return write(new IIOImage(image, null, metadata), ImageWriteParam.MODE_DISABLED);
    }

    /** Puts a segment behind the file's first marker. */
    static byte[] with(byte[] jpeg, int marker, byte[] content) {
        ByteBuffer out = ByteBuffer.allocate(jpeg.length + content.length + 4).put(jpeg, 0, 2);
        out.putShort((short) (0xFF00 | marker))
                .putShort((short) (content.length + 2))
                .put(content);
        return out.put(jpeg, 2, jpeg.length - 2).array();
    }

    /** Takes the Huffman tables out, which are the standard's. */
    static byte[] withoutTables(byte[] jpeg) {
        ByteBuffer file = ByteBuffer.wrap(jpeg);
        ByteBuffer out = ByteBuffer.allocate(jpeg.length).put(jpeg, 0, 2);
        int at = 2;
        while (file.get(at + 1) != (byte) 0xDA) {
            int length = 2 + Short.toUnsignedInt(file.getShort(at + 2));
            if (file.get(at + 1) != (byte) 0xC4) {
                out.put(jpeg, at, length);
            }
            at += length;
        }
        out.put(jpeg, at, jpeg.length - at);
        return Arrays.copyOf(out.array(), out.position());
    }

    /** The content of an Adobe marker. */
    static byte[] adobe(int transform) {
        ByteBuffer content = ByteBuffer.allocate(12).put("Adobe".getBytes(StandardCharsets.US_ASCII));
        return content.putShort((short) 100).put(11, (byte) transform).array();
    }

    /** The content of a segment with a part of a colour profile. */
    static byte[] profile(int part, int parts, byte[] profile) {
        ByteBuffer content = ByteBuffer.allocate(14 + profile.length);
        content.put("ICC_PROFILE\0".getBytes(StandardCharsets.US_ASCII))
                .put((byte) part)
                .put((byte) parts);
        return content.put(profile).array();
    }

    private static byte[] write(IIOImage image, int progressiveMode) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam param = writer.getDefaultWriteParam();
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        param.setCompressionQuality(1);
        param.setProgressiveMode(progressiveMode);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, image, param);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
