package dev.exitflow.core.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.exitflow.core.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens a bundle and checks it before anything native touches it. */
public final class BundleLoader {

    /** The manifest's name in a bundle. */
    public static final String MANIFEST = "manifest.json";

    /** A bundle of a later version may say more than this one knows, anywhere in it. */
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private BundleLoader() {}

    /**
     * Opens a bundle's directory, or a zip of one, which is unpacked into a temporary directory.
     *
     * @throws InvalidBundleException naming the first thing that is wrong: no manifest, unknown format, a file outside the
     *     bundle, a digest that differs, stages and exits that do not fit, or a default policy out of range
     */
    public static ModelBundle load(Path directoryOrZip) {
        Path directory = Files.isRegularFile(directoryOrZip) ? BundleZip.unpack(directoryOrZip) : directoryOrZip;
        Path file = directory.resolve(MANIFEST);
        if (!Files.isRegularFile(file)) {
            throw new InvalidBundleException(
                    "%s: no %s, expected a bundle's directory or zip; make one with 'exitflow bundle export'",
                    directoryOrZip, MANIFEST);
        }
        Manifest manifest = read(file);
        check(directory, manifest);
        ModelBundle bundle = new ModelBundle(directory, manifest, Sha256.of(file));
        try {
            bundle.defaultPolicy();
        } catch (dev.exitflow.core.policy.InvalidPolicyException e) {
            throw new InvalidBundleException(file + ": default policy: " + e.getMessage(), e);
        }
        return bundle;
    }

    private static Manifest read(Path file) {
        try {
            return JSON.readValue(file.toFile(), Manifest.class);
        } catch (JsonProcessingException e) {
            throw new InvalidBundleException(file + ": not a manifest: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new InvalidBundleException(file + ": cannot be read", e);
        }
    }

    private static void check(Path directory, Manifest manifest) {
        if (manifest.formatVersion() < Manifest.OLDEST_FORMAT_VERSION
                || manifest.formatVersion() > Manifest.FORMAT_VERSION) {
            throw new InvalidBundleException(
                    "%s: format version %d, this program reads %d to %d",
                    directory, manifest.formatVersion(), Manifest.OLDEST_FORMAT_VERSION, Manifest.FORMAT_VERSION);
        }
        ManifestCheck.requireComplete(directory, manifest);
        TrainedExits.requireBackbone(directory, manifest);
        List<String> files = new ArrayList<>();
        manifest.stages().forEach(stage -> files.add(stage.file()));
        manifest.exits().forEach(exit -> files.add(exit.file()));
        List<String> digests = new ArrayList<>();
        manifest.stages().forEach(stage -> digests.add(stage.sha256()));
        manifest.exits().forEach(exit -> digests.add(exit.sha256()));
        for (int index = 0; index < files.size(); index++) {
            checkFile(directory, files.get(index), digests.get(index));
        }
    }

    private static void checkFile(Path directory, String name, String digest) {
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            throw new InvalidBundleException("%s: missing, or not a plain file, though the manifest lists it", file);
        }
        String actual = Sha256.of(file);
        if (!actual.equals(digest)) {
            throw new InvalidBundleException(
                    "%s: SHA-256 is %s, the manifest says %s: the file is damaged or was changed; get the bundle again",
                    file, actual, digest);
        }
    }
}
