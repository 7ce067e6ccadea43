package dev.exitflow.core.bundle;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Holds a manifest to what the engine relies on. */
final class ManifestCheck {

    private static final int CHANNELS = 3;

    private static final List<String> CONFIDENCES = List.of(Manifest.Exit.MAX_PROBABILITY, Manifest.Exit.LEARNED);

    /** A batch of larger images would not fit into one array. */
    private static final int MAX_SIDE = 4096;

    private ManifestCheck() {}

    static void requireComplete(Path directory, Manifest manifest) {
        require(notBlank(manifest.name()) && manifest.name().matches("[A-Za-z0-9._-]+"), directory, "name");
        require(notBlank(manifest.version()), directory, "version");
        requireInput(directory, manifest.input());
        require(
                manifest.labels() != null && manifest.labels().size() >= 2 && noneIsNull(manifest.labels()),
                directory,
                "labels (at least two)");
        require(manifest.stages() != null && !manifest.stages().isEmpty(), directory, "stages (at least one)");
        require(manifest.exits() != null && !manifest.exits().isEmpty(), directory, "exits (at least one)");
        if (manifest.exits().size() != manifest.stages().size() - 1) {
            throw new InvalidBundleException(
                    "%s: %d stages and %d exits, expected an exit after every stage but the last",
                    directory, manifest.stages().size(), manifest.exits().size());
        }
        require(noneIsNull(manifest.stages()), directory, "stages (none of them null)");
        require(noneIsNull(manifest.exits()), directory, "exits (none of them null)");
        for (Manifest.Stage stage : manifest.stages()) {
            requirePlainName(directory, stage.file());
            require(stage.flops() >= 0, directory, "flops of " + stage.file() + " (0 or more)");
        }
        for (Manifest.Exit exit : manifest.exits()) {
            requirePlainName(directory, exit.file());
            require(exit.flops() >= 0, directory, "flops of " + exit.file() + " (0 or more)");
            require(
                    exit.confidence() == null || CONFIDENCES.contains(exit.confidence()),
                    directory,
                    "confidence of " + exit.file() + " (" + String.join(" or ", CONFIDENCES) + ")");
            require(
                    isUsable(exit.scale(), manifest.labels().size()),
                    directory,
                    "confidenceScale of " + exit.file()
                            + " (finite weights, of at most as many probabilities as labels)");
        }
        require(
                manifest.defaultPolicy() != null && manifest.defaultPolicy().thresholds() != null,
                directory,
                "defaultPolicy");
    }

    private static void requirePlainName(Path directory, String name) {
        if (name == null || !name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new InvalidBundleException(
                    "%s: module file '%s', expected a plain file name inside the bundle", directory, name);
        }
    }

    private static boolean noneIsNull(List<?> values) {
        return values.stream().noneMatch(Objects::isNull);
    }

    private static void requireInput(Path directory, Manifest.Input input) {
        require(input != null, directory, "input");
        require(input.channels() == CHANNELS, directory, "input.channels (3, RGB)");
        require(
                input.height() > 0 && input.width() > 0 && input.height() <= MAX_SIDE && input.width() <= MAX_SIDE,
                directory,
                "input.height and input.width (1 to " + MAX_SIDE + ")");
        require(threeFinite(input.mean()), directory, "input.mean (three finite numbers)");
        require(
                threeFinite(input.std()) && input.std().stream().allMatch(std -> std > 0),
                directory,
                "input.std (three numbers above 0)");
        if (input.preprocessing() != null) {
            String problem = input.preprocessing().problem(input.height(), input.width());
            require(problem == null, directory, "input." + problem);
        }
    }

    private static boolean isUsable(ConfidenceScale scale, int classes) {
        return Double.isFinite(scale.bias())
                && Double.isFinite(scale.head())
                && scale.probabilities().size() <= classes
                && scale.probabilities().stream().allMatch(Double::isFinite);
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
