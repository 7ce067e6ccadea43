package dev.exitflow.core.bundle;

import dev.exitflow.core.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The bundles of the test resources; how they were made is in their README. */
public final class TestBundles {

    private TestBundles() {}

    /** Random weights, trainable modules, two exits, 8×8 images of four classes. */
    public static Path untrained(Path target) {
        return copy("tiny-untrained", target);
    }

    /** The same, trained on coloured squares and calibrated. */
    public static Path trained(Path target) {
        return copy("tiny-trained", target);
    }

    /** The SHA-256 of files in a folder, in the order of their names. */
    public static List<String> digests(Path folder, List<String> names) {
        return names.stream().map(name -> Sha256.of(folder.resolve(name))).toList();
    }

    private static Path copy(String name, Path target) {
        try {
            Path source = Path.of(TestBundles.class.getResource("/" + name).toURI());
            Files.createDirectories(target);
            try (Stream<Path> files = Files.list(source)) {
                for (Path file : files.toList()) {
                    Files.copy(file, target.resolve(file.getFileName().toString()));
                }
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
