package dev.exitflow.core.bundle;

import dev.exitflow.core.policy.ExitPolicy;
import java.nio.file.Path;

/**
 * A bundle whose manifest and digests have been checked.
 *
 * <p>Immutable; safe for use by several threads. Loads no native code itself: see {@link TorchModule}.
 *
 * @param directory where the modules lie
 * @param manifest what they are
 * @param digest SHA-256 of the manifest, which itself holds the modules' digests: it names the model's exact content
 */
public record ModelBundle(Path directory, Manifest manifest, String digest) {

    /** The model's name. */
    public String name() {
        return manifest.name();
    }

    /** Early exits; the backbone's classifier is not counted. */
    public int earlyExits() {
        return manifest.exits().size();
    }

    /** The file of stage {@code index}. */
    public Path stageFile(int index) {
        return directory.resolve(manifest.stages().get(index).file());
    }

    /** The file of exit {@code index}. */
    public Path exitFile(int index) {
        return directory.resolve(manifest.exits().get(index).file());
    }

    /** The policy in force while nobody has set one: version 0. */
    public ExitPolicy defaultPolicy() {
        return new ExitPolicy(0, manifest.defaultPolicy().thresholds(), 0).requireFits(name(), earlyExits());
    }
}
