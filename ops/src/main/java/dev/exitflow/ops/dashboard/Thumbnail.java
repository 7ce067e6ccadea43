package dev.exitflow.ops.dashboard;

import dev.exitflow.core.image.DecodedImage;
import dev.exitflow.core.image.EncodedImage;
import dev.exitflow.core.image.ImageDecoder;
import dev.exitflow.core.image.ImageEncoding;
import dev.exitflow.schema.ImageRecord;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Optional;
import javax.imageio.ImageIO;

/** A small picture of an image record, drawn anew: what a sender put into its bytes beside pixels does not reach the page. */
final class Thumbnail {

    private static final int LARGEST_SIDE = 96;
    private static final int MOST_PIXELS = 1 << 22;

    private Thumbnail() {}

    /** A PNG as a data URI; empty where the record holds no image, or one of more than four million pixels. */
    static Optional<String> of(ImageRecord image) {
        int width = image.getWidth();
        int height = image.getHeight();
        if (width < 1 || height < 1 || (long) width * height > MOST_PIXELS) {
            return Optional.empty();
        }
        return encoding(image)
                .map(encoding -> {
                    byte[] data = new byte[image.getData().remaining()];
                    image.getData().duplicate().get(data);
                    return new ImageDecoder(width, height).decode(new EncodedImage(encoding, width, height, data));
                })
                .filter(DecodedImage.Pixels.class::isInstance)
                .map(pixels -> uri(draw(((DecodedImage.Pixels) pixels).rgb(), width, height)));
    }

    private static Optional<ImageEncoding> encoding(ImageRecord image) {
        return switch (image.getEncoding()) {
            case RAW_RGB8 -> Optional.of(ImageEncoding.RAW_RGB8);
            case PNG -> Optional.of(ImageEncoding.PNG);
            case JPEG -> Optional.of(ImageEncoding.JPEG);
            case UNKNOWN -> Optional.empty();
        };
    }

    private static BufferedImage draw(byte[] rgb, int width, int height) {
        BufferedImage whole = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int pixel = 0; pixel < width * height; pixel++) {
            int packed = (rgb[3 * pixel] & 0xff) << 16 | (rgb[3 * pixel + 1] & 0xff) << 8 | (rgb[3 * pixel + 2] & 0xff);
            whole.setRGB(pixel % width, pixel / width, packed);
        }
        double scale = (double) LARGEST_SIDE / Math.max(width, height);
        if (scale >= 1) {
            return whole; // the page enlarges it
        }
        int smallWidth = Math.max(1, (int) Math.round(scale * width));
        int smallHeight = Math.max(1, (int) Math.round(scale * height));
        BufferedImage small = new BufferedImage(smallWidth, smallHeight, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = small.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(whole, 0, 0, smallWidth, smallHeight, null);
        graphics.dispose();
        return small;
    }

    private static String uri(BufferedImage picture) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(out.toByteArray());
    }
}
