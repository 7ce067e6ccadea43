package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The trained bundles that come with the distribution, by name. The launcher says where the distribution is with the system
 * property {@code exitflow.home}.
 *
 * <p>Beside them lie trained exits for published weights, without their backbone. They are found, so that loading them can say
 * how to make a bundle of them, but not offered.
 */
final class ShippedBundles {

    private static final String HOME = "exitflow.home";
    private static final String MANIFEST = "manifest.json";
    private static final String FIRST_STAGE = "stage-0.pt";

    private ShippedBundles() {}

    /**
     * Finds a bundle.
     *
     * @param nameOrPath name of a shipped bundle, which goes first, or a directory or zip; {@code ./digits} is always a path
     * @throws ExitflowException when there is neither, naming those that are shipped
     */
    static Path resolve(String nameOrPath) {
        return resolve(nameOrPath, directory());
    }

    static Path resolve(String nameOrPath, Path shipped) {
        if (namesWith(MANIFEST, shipped).contains(nameOrPath)) {
            return shipped.resolve(nameOrPath);
        }
        Path path = Path.of(nameOrPath);
        if (!nameOrPath.isBlank() && Files.exists(path)) {
            return path;
        }
        List<String> names = namesWith(FIRST_STAGE, shipped);
        throw new ExitflowException(
                "bundle '%s': no such directory or zip, and no shipped bundle has that name (%s)",
                nameOrPath, names.isEmpty() ? "this distribution has none" : "there are " + String.join(", ", names));
    }

    /** Whether a whole bundle is shipped under a name. */
    static boolean has(String name) {
        return namesWith(FIRST_STAGE, directory()).contains(name);
    }

    /** Null where nobody said where the distribution is, as in a test. */
    static Path directory() {
        String home = System.getProperty(HOME);
        return home == null ? null : Path.of(home, "bundles");
    }

    private static List<String> namesWith(String file, Path shipped) {
        if (shipped == null || !Files.isDirectory(shipped)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(shipped)) {
            return entries.filter(entry -> Files.exists(entry.resolve(file)))
                    .map(entry -> entry.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + shipped, e);
        }
    }
}
