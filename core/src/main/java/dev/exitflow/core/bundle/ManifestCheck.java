package dev.exitflow.core.bundle;

import java.nio.file.Path;
import java.util.List;

/** Holds a manifest to what the engine relies on. */
final class ManifestCheck {

    private static final int CHANNELS = 3;

    private ManifestCheck() {}

    static void requireComplete(Path directory, Manifest manifest) {
        require(notBlank(manifest.name()) && manifest.name().matches("[A-Za-z0-9._-]+"), directory, "name");
        require(notBlank(manifest.version()), directory, "version");
        requireInput(directory, manifest.input());
        require(manifest.labels() != null && manifest.labels().size() >= 2, directory, "labels (at least two)");
        require(manifest.stages() != null && !manifest.stages().isEmpty(), directory, "stages (at least one)");
        require(manifest.exits() != null && !manifest.exits().isEmpty(), directory, "exits (at least one)");
        if (manifest.exits().size() != manifest.stages().size() - 1) {
            throw new InvalidBundleException(
                    "%s: %d stages and %d exits, expected an exit after every stage but the last",
                    directory, manifest.stages().size(), manifest.exits().size());
        }
        for (Manifest.Stage stage : manifest.stages()) {
            require(stage.flops() >= 0, directory, "flops of " + stage.file() + " (0 or more)");
        }
        for (Manifest.Exit exit : manifest.exits()) {
            require(exit.flops() >= 0, directory, "flops of " + exit.file() + " (0 or more)");
        }
        require(
                manifest.defaultPolicy() != null && manifest.defaultPolicy().thresholds() != null,
                directory,
                "defaultPolicy");
    }

    private static void requireInput(Path directory, Manifest.Input input) {
        require(input != null, directory, "input");
        require(input.channels() == CHANNELS, directory, "input.channels (3, RGB)");
        require(input.height() > 0 && input.width() > 0, directory, "input.height and input.width (above 0)");
        require(threeFinite(input.mean()), directory, "input.mean (three finite numbers)");
        require(
                threeFinite(input.std()) && input.std().stream().allMatch(std -> std > 0),
                directory,
                "input.std (three numbers above 0)");
    }

    private static boolean threeFinite(List<Float> values) {
        return values != null
                && values.size() == CHANNELS
                && values.stream().allMatch(value -> value != null && Float.isFinite(value));
    }

    private static boolean notBlank(String text) {
        return text != null && !text.isBlank();
    }

    private static void require(boolean holds, Path directory, String what) {
        if (!holds) {
            throw new InvalidBundleException("%s: the manifest lacks a valid %s", directory, what);
        }
    }
}
