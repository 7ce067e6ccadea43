package dev.exitflow.ops.cli;

import dev.exitflow.ops.live.ClusterEye;
import dev.exitflow.ops.live.ClusterLook;
import dev.exitflow.ops.live.LiveTop;
import dev.exitflow.ops.live.Screen;
import dev.exitflow.ops.live.ThresholdKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code exitflow top}: what happens on a cluster now. */
@Command(
        name = "top",
        sortOptions = false,
        description = {
            "Shows what happens on a cluster now: images a second, where they leave, what that saves, whether they still agree with the"
                    + " backbone, how many wait and who is there; of every model, four times a second, until q is pressed.",
            "",
            "It counts the predictions itself, so no monitor need run, and it takes no part in the work. Without a terminal, or with"
                    + " --format json, it prints a look a second."
        },
        footerHeading = Exitflow.EXAMPLES,
        footer = {
            "  exitflow top",
            "  exitflow top --control --model digits",
            "  exitflow top --format json --duration 10s | jq .backlogImages"
        })
final class TopCommand implements Callable<Integer> {

    @Option(names = "--model", paramLabel = "NAME", description = "Show this model only (default: all).")
    String model;

    @Option(
            names = "--control",
            description =
                    "Let the arrow keys, + and - move the T of --model in steps of 0.05, through the control topic.")
    boolean control;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = "Where looks are printed, end after so long, for example 30s (default: no end).")
    Duration duration;

    @Mixin
    GroupOption group;

    @Mixin
    TopicOptions topics;

    @Mixin
    ClusterOptions cluster;

    @Mixin
    OutputOptions output;

    @Spec
    CommandSpec command;

    TopCommand() {}

    /** The option's name in version 0.1. */
    @Option(names = "--seconds", hidden = true, converter = TimeSpan.OrSeconds.class)
    void seconds(Duration wanted) {
        duration = wanted;
    }

    @Override
    public Integer call() {
        boolean asJson = output.format == OutputOptions.Format.JSON;
        if (control && (model == null || asJson)) {
            throw new ParameterException(
                    command.commandLine(), "--control moves the T of one --model, and needs a terminal to be drawn on");
        }
        cluster.requireReachable();
        Map<String, Object> properties = cluster.clientProperties();
        try (ClusterEye eye = new ClusterEye(properties, topics.topics(), group.name, InstantSource.system())) {
            LiveTop top = new LiveTop(
                    eye,
                    String.valueOf(properties.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)),
                    Optional.ofNullable(model));
            if (asJson) {
                print(top);
            } else {
                show(top, properties);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Exitflow.OK;
    }

    private void show(LiveTop top, Map<String, Object> properties) throws InterruptedException {
        try (Terminal terminal =
                TerminalBuilder.builder().system(true).dumb(true).build()) {
            if (!Screen.canDrawOn(terminal)) {
                print(top);
            } else if (control) {
                try (ThresholdKeys keys = new ThresholdKeys(properties, topics.topics(), model, Operator.name())) {
                    top.draw(terminal, Optional.of(keys));
                }
            } else {
                top.draw(terminal, Optional.empty());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the terminal cannot be used", e);
        }
    }

    private void print(LiveTop top) throws InterruptedException {
        top.print(duration == null ? Duration.ofDays(36_500) : duration, this::print);
    }

    private void print(ClusterLook look) {
        if (output.format == OutputOptions.Format.JSON) {
            output.printJson(look);
        } else {
            LiveTop.summary(look).forEach(output.out()::println);
        }
        output.out().flush();
    }
}
