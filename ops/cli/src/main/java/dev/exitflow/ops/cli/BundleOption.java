package dev.exitflow.ops.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The bundle of commands that serve the digits unless another is asked for. */
final class BundleOption {

    @Option(
            names = "--bundle",
            paramLabel = "NAME|DIR",
            defaultValue = "digits",
            description = "A shipped bundle's name or a bundle's directory (default: ${DEFAULT-VALUE}).")
    private String name;

    BundleOption() {}

    /** Where it lies. */
    Path directory() {
        return ShippedBundles.resolve(name);
    }
}
