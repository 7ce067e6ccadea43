package dev.exitflow.core.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A bundle's exits without its backbone: the bundle's manifest and its exit modules, in a directory of their own.
 *
 * <p>That is how exits for somebody else's published weights are passed on: whoever has the weights exports the stages from
 * them again, and the exporter sees to it that they are the stages that the exits were trained on.
 */
public final class TrainedExits {

    private TrainedExits() {}

    /**
     * Copies the manifest, byte for byte, and the exits of a bundle.
     *
     * @param target an empty or absent directory
     * @throws InvalidBundleException if the bundle's backbone was not exported from a file of weights, or if the target is not
     *     empty or cannot be written
     */
    public static void copy(ModelBundle bundle, Path target) {
        if (!(provenance(bundle.manifest()).get("weightsSha256") instanceof String)) {
            throw new InvalidBundleException(
                    "%s: its backbone was not exported from a file of weights (provenance.weightsSha256 is absent), so nothing"
                            + " could put its exits and a backbone together again",
                    bundle.directory());
        }
        try {
            Files.createDirectories(target);
            requireEmpty(target);
            for (Manifest.Exit exit : bundle.manifest().exits()) {
                Files.copy(bundle.directory().resolve(exit.file()), target.resolve(exit.file()));
            }
            Files.copy(bundle.directory().resolve(BundleLoader.MANIFEST), target.resolve(BundleLoader.MANIFEST));
        } catch (IOException e) {
            throw new InvalidBundleException("cannot write trained exits to " + target, e);
        }
    }

    /** Says how to make a bundle of them, when the directory holds exits and none of the backbone's stages. */
    static void requireBackbone(Path directory, Manifest manifest) {
        boolean anyStage = manifest.stages().stream().anyMatch(stage -> Files.exists(directory.resolve(stage.file())));
        boolean anyExit = manifest.exits().stream().anyMatch(exit -> Files.exists(directory.resolve(exit.file())));
        if (!anyStage && anyExit) {
            Map<String, Object> provenance = provenance(manifest);
            throw new InvalidBundleException(
                    "%s: trained exits without their backbone; 'exitflow bundle export --backbone %s --weights %s --exits %s"
                            + " --out DIR' makes a bundle of both",
                    directory, provenance.get("backbone"), provenance.get("weights"), directory);
        }
    }

    private static Map<String, Object> provenance(Manifest manifest) {
        return manifest.provenance() == null ? Map.of() : manifest.provenance();
    }

    private static void requireEmpty(Path target) throws IOException {
        try (Stream<Path> entries = Files.list(target)) {
            if (entries.findAny().isPresent()) {
                throw new InvalidBundleException("%s: the directory is not empty", target);
            }
        }
    }
}
