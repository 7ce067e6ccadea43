package dev.exitflow.ops.cli;

import dev.exitflow.schema.topic.Topics;
import picocli.CommandLine.Option;

/** The option of every command that reads or writes Exitflow's topics; a mixin. */
final class TopicOptions {

    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            defaultValue = Topics.DEFAULT_PREFIX,
            description = "What the names of the topics start with (default: ${DEFAULT-VALUE}).")
    String prefix;

    TopicOptions() {}

    Topics topics() {
        return Topics.withPrefix(prefix);
    }
}
