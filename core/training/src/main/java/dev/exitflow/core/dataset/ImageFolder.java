package dev.exitflow.core.dataset;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.image.DecodedImage;
import dev.exitflow.core.image.EncodedImage;
import dev.exitflow.core.image.ImageDecoder;
import dev.exitflow.core.image.ImageHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A folder with a folder of PNG or JPEG images for each class: {@code CLASS/image.png}, or {@code train/CLASS/image.png} and
 * {@code test/CLASS/image.png}.
 *
 * <p>The classes are the folders' names, sorted. Images are brought to a model's input as its bundle says. Read for no model, or for one
 * that demands its size, all images, once upright, must have one size; nothing is resized. They come in one fixed random order, since
 * whoever holds images out takes them from the end of a set. Files that are no images, and hidden ones, are passed over.
 */
final class ImageFolder {

    private static final String TRAIN = "train";
    private static final String TEST = "test";
    private static final Set<String> SUFFIXES = Set.of("png", "jpg", "jpeg");
    private static final long ORDER_SEED = 1;

    /** An image file and the number of its class. */
    private record Entry(Path file, int target) {}

    /** The size that all images get, and what gives it to them; without that they must have it. */
    private record Target(int width, int height, Optional<ImageDecoder> fitting) {}

    private ImageFolder() {}

    /** Whether there is a folder that holds a folder that holds an image, or is split into train and test. */
    static boolean isAt(Path path) {
        return Files.isDirectory(path)
                && (isSplit(path)
                        || folders(path).stream()
                                .anyMatch(folder -> !images(folder).isEmpty()));
    }

    /** Reads the images of {@code train}, or all where there is no such split. */
    static ImageSet train(Path folder, Reading reading) {
        return read(isSplit(folder) ? folder.resolve(TRAIN) : folder, reading);
    }

    /** Reads the images of {@code test}, or all where there is no such split. */
    static ImageSet test(Path folder, Reading reading) {
        return read(isSplit(folder) ? folder.resolve(TEST) : folder, reading);
    }

    private static boolean isSplit(Path folder) {
        return Stream.of(TRAIN, TEST)
                .map(folder::resolve)
                .allMatch(part -> Files.isDirectory(part) && !folders(part).isEmpty());
    }

    private static ImageSet read(Path folder, Reading reading) {
        List<Path> classes = folders(folder);
        List<Entry> entries = entries(classes);
        Target size = target(entries.get(0).file(), reading);
        long needed = 3L * size.width() * size.height() * entries.size();
        if (needed > Integer.MAX_VALUE) {
            throw new ExitflowException(
                    "%s: %d images of %dx%d need %d bytes, a set holds at most %d",
                    folder, entries.size(), size.width(), size.height(), needed, Integer.MAX_VALUE);
        }
        byte[] pixels = new byte[(int) needed];
        AtomicInteger count = new AtomicInteger();
        IntStream.range(0, entries.size()).parallel().forEach(index -> {
            byte[] rgb = rgb(entries.get(index).file(), size);
            System.arraycopy(rgb, 0, pixels, index * rgb.length, rgb.length);
            reading.read().accept(count.incrementAndGet());
        });
        return new ImageSet(
                "images of " + folder.toAbsolutePath().getFileName(),
                size.width(),
                size.height(),
                classes.stream().map(ImageFolder::name).toList(),
                pixels,
                entries.stream().mapToInt(Entry::target).toArray());
    }

    private static Target target(Path first, Reading reading) {
        if (reading.fitting().isPresent()) {
            Manifest.Input input = reading.fitting().get();
            return new Target(input.width(), input.height(), Optional.of(new ImageDecoder(input)));
        }
        ImageHeader size = ImageHeader.of(first, bytes(first));
        return new Target(size.width(), size.height(), Optional.empty());
    }

    private static List<Entry> entries(List<Path> classes) {
        List<Entry> entries = new ArrayList<>();
        for (int target = 0; target < classes.size(); target++) {
            List<Path> files = images(classes.get(target));
            if (files.isEmpty()) {
                throw new ExitflowException(
                        "%s: no PNG or JPEG image in it, expected one at least as its name stands for a class",
                        classes.get(target));
            }
            for (Path file : files) {
                entries.add(new Entry(file, target));
            }
        }
        Collections.shuffle(entries, new Random(ORDER_SEED));
        return entries;
    }

    private static byte[] rgb(Path file, Target target) {
        byte[] content = bytes(file);
        ImageHeader header = ImageHeader.of(file, content);
        boolean hasSize = header.width() == target.width() && header.height() == target.height();
        if (target.fitting().isEmpty() && !hasSize) {
            throw new ExitflowException(
                    "%s: %dx%d, but other images of the folder are %dx%d; bring them all to the model's size, or use a"
                            + " bundle that says how they are resized ('exitflow bundle export --resize')",
                    file, header.width(), header.height(), target.width(), target.height());
        }
        DecodedImage decoded = target.fitting()
                .orElseGet(() -> new ImageDecoder(header.width(), header.height()))
                .decode(new EncodedImage(header.encoding(), header.width(), header.height(), content));
        if (decoded instanceof DecodedImage.Refused refused) {
            throw new ExitflowException("%s: %s", file, refused.detail());
        }
        return ((DecodedImage.Pixels) decoded).rgb();
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ExitflowException("cannot read " + file, e);
        }
    }

    private static List<Path> folders(Path folder) {
        return list(folder, Files::isDirectory);
    }

    private static List<Path> images(Path folder) {
        return list(
                folder,
                file -> SUFFIXES.contains(name(file).replaceFirst(".*\\.", "").toLowerCase(Locale.ROOT)));
    }

    /** What a folder holds, sorted by name. */
    private static List<Path> list(Path folder, Predicate<Path> wanted) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> !name(entry).startsWith(".") && wanted.test(entry))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ExitflowException("cannot list " + folder, e);
        }
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }
}
