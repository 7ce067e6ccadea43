package dev.exitflow.core.image;

import dev.exitflow.core.ExitflowException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * What the first bytes of an image file say; its name may say otherwise.
 *
 * @param encoding PNG or JPEG
 * @param width pixels in a row of the upright image
 * @param height rows of the upright image
 */
public record ImageHeader(ImageEncoding encoding, int width, int height) {

    /**
     * Reads a file's header.
     *
     * @param file to name in errors
     * @throws ExitflowException naming the file, if it is neither PNG nor JPEG, or its header is damaged
     */
    public static ImageHeader of(Path file, byte[] content) {
        try {
            ImageEncoding encoding = ImageEncoding.of(content)
                    .orElseThrow(() -> new ExitflowException("%s: %s, expected PNG or JPEG", file, otherKind(content)));
            StoredImage stored = StoredImage.open(encoding, content);
            return new ImageHeader(encoding, stored.uprightWidth(), stored.uprightHeight());
        } catch (IOException e) {
            throw new ExitflowException(file + ": damaged image: " + e.getMessage(), e);
        }
    }

    /** Reads a file's header; empty where it is neither PNG nor JPEG, or damaged. */
    public static Optional<ImageHeader> find(byte[] content) {
        return ImageEncoding.of(content).flatMap(encoding -> {
            try {
                StoredImage stored = StoredImage.open(encoding, content);
                return Optional.of(new ImageHeader(encoding, stored.uprightWidth(), stored.uprightHeight()));
            } catch (IOException e) {
                return Optional.empty();
            }
        });
    }

    private static String otherKind(byte[] content) {
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            return readers.hasNext()
                    ? "a " + readers.next().getFormatName().toUpperCase(Locale.ROOT) + " image"
                    : "not an image";
        } catch (IOException e) {
            return "not an image";
        }
    }
}
