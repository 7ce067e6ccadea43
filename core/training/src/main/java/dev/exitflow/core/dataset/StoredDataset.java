package dev.exitflow.core.dataset;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A data set on disk; which of the known formats it has is told by its files.
 *
 * <p>A folder has training and test images apart, as its format says. What is a single file, or a folder of classes alone, is
 * read whole for either purpose.
 */
public final class StoredDataset {

    /** What {@link #at} knows, for a person. */
    public static final String KNOWN_FORMS =
            "CIFAR-10's binary version (folder or one of its files), SVHN's cropped digits"
                    + " (folder or .mat file), or a folder with one folder of PNG or JPEG images per class (train and test above them,"
                    + " or not)";

    private static final int NAMES_SHOWN = 5;

    /** In the order in which they are tried. */
    private static final List<Format> FORMATS = List.of(
            new Format(Cifar10::isAt, (path, reading) -> Cifar10.train(path), (path, reading) -> Cifar10.test(path)),
            new Format(Svhn::isAt, (path, reading) -> Svhn.train(path), (path, reading) -> Svhn.test(path)),
            new Format(ImageFolder::isAt, ImageFolder::train, ImageFolder::test));

    private record Format(
            Predicate<Path> isAt,
            BiFunction<Path, Reading, ImageSet> train,
            BiFunction<Path, Reading, ImageSet> test) {}

    private final Path path;
    private final Format format;

    private StoredDataset(Path path, Format format) {
        this.path = path;
        this.format = format;
    }

    /**
     * Looks what is there.
     *
     * @throws ExitflowException if there is nothing, or nothing known
     */
    public static StoredDataset at(Path path) {
        for (Format format : FORMATS) {
            if (format.isAt.test(path)) {
                return new StoredDataset(path, format);
            }
        }
        throw new ExitflowException("%s: %s, expected %s", path, found(path), KNOWN_FORMS);
    }

    /**
     * Reads the images to train on.
     *
     * @param read hears, where images are files of their own, how many are read
     * @throws ExitflowException if a file is missing or damaged
     */
    public ImageSet training(IntConsumer read) {
        return format.train.apply(path, Reading.asStored(read));
    }

    /**
     * Reads the images to train a model on, brought to its input and numbered by its classes.
     *
     * @param read hears, where images are files of their own, how many are read
     * @throws ExitflowException if a file is missing or damaged, or the images are not the model's
     */
    public ImageSet training(Manifest model, IntConsumer read) {
        return format.train.apply(path, Reading.asInput(model.input(), read)).forModel(model);
    }

    /**
     * Reads the images to measure on.
     *
     * @param read hears, where images are files of their own, how many are read
     * @throws ExitflowException if a file is missing or damaged
     */
    public ImageSet test(IntConsumer read) {
        return format.test.apply(path, Reading.asStored(read));
    }

    /** Reads the images to measure a model on, as {@link #training(Manifest, IntConsumer)} does. */
    public ImageSet test(Manifest model, IntConsumer read) {
        return format.test.apply(path, Reading.asInput(model.input(), read)).forModel(model);
    }

    private static String found(Path path) {
        if (!Files.isDirectory(path)) {
            return Files.exists(path) ? "a file of another kind" : "no such file or folder";
        }
        try (Stream<Path> entries = Files.list(path)) {
            String names = entries.map(entry -> entry.getFileName() + (Files.isDirectory(entry) ? "/" : ""))
                    .sorted()
                    .limit(NAMES_SHOWN)
                    .collect(Collectors.joining(", "));
            return names.isEmpty() ? "an empty folder" : "a folder with " + names + " …";
        } catch (IOException e) {
            throw new ExitflowException("cannot list " + path, e);
        }
    }
}
