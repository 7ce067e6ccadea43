package dev.exitflow.core.bundle;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exitflow.core.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

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

    /** {@link #trained}, whose images are brought to a shorter side and then cropped to 8×8. */
    public static Path resizing(Path target, int shorterSide) {
        return withPreprocessing(trained(target), """
                {"orientation": "exif", "colour": "rgb", "resize": "shorter-side", "size": [SIDE], "interpolation": "bilinear",
                 "antialias": true, "crop": "centre"}
                """.replace("SIDE", Integer.toString(shorterSide)));
    }

    /** Gives a bundle's manifest a preprocessing, and format 3. */
    public static Path withPreprocessing(Path bundle, String json) {
        ObjectMapper mapper = new ObjectMapper();
        Path file = bundle.resolve(BundleLoader.MANIFEST);
        try {
            ObjectNode manifest = (ObjectNode) mapper.readTree(file.toFile());
            manifest.put("formatVersion", 3);
            ((ObjectNode) manifest.get("input")).set("preprocessing", mapper.readTree(json));
            mapper.writeValue(file.toFile(), manifest);
            return bundle;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The SHA-256 of files in a folder, in the order of their names. */
    public static List<String> digests(Path folder, List<String> names) {
        return names.stream().map(name -> Sha256.of(folder.resolve(name))).toList();
    }

    /** Zips a bundle's files, flat but for what comes before their names. */
    static void zip(Path bundle, Path zip, String prefix) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip));
                Stream<Path> files = Files.list(bundle)) {
            for (Path file : files.sorted().toList()) {
                out.putNextEntry(new ZipEntry(prefix + file.getFileName()));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
    }

    /** Deletes a folder and all in it, where no test's folder does so by itself. */
    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static Path copy(String name, Path target) {
        try {
            URI source = TestBundles.class.getResource("/" + name).toURI();
            if (!source.getScheme().equals("jar")) {
                return copy(Path.of(source), target);
            }
            try (FileSystem jar = FileSystems.newFileSystem(source, Map.of())) {
                return copy(jar.getPath("/" + name), target);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path copy(Path source, Path target) throws IOException {
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName().toString()));
            }
        }
        return target;
    }
}
