package dev.exitflow.ops.cli;

import picocli.CommandLine.Option;

/** The model that a command is about; a mixin. */
final class ModelOption {

    @Option(
            names = "--model",
            required = true,
            paramLabel = "NAME",
            description = "The model's name, as its bundle's manifest says.")
    String name;

    ModelOption() {}
}
