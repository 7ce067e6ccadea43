package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.load.ImageSource;
import dev.exitflow.ops.load.LoadGenerator;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.schema.ImageEncoding;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code exitflow load}: sends images at a rate. */
@Command(
        name = "load",
        sortOptions = false,
        description = {
            "Sends images to the images topic, at a rate, until a count or a time is reached or it is stopped (Ctrl-C, SIGTERM).",
            "It says on stderr how many it sent. The exit code is 1 where they are fewer than 90 %% of what was asked for."
        },
        footerHeading = Exitflow.EXAMPLES,
        footer = {
            "  exitflow load --data digits --rate 200",
            "  exitflow load --data cifar-10-batches-bin --count 10000 --encoding jpeg",
            "  exitflow load --rate 500 --poisson --duration 1m --sources 100"
        })
final class LoadCommand implements Callable<Integer> {

    private static final Duration NO_END = Duration.ofDays(36_500);

    /** Share of what was asked for: arrivals at random are not counted to the last image. */
    private static final double ENOUGH = 0.9;

    /** How image bytes are laid out, as it is typed. */
    enum Encoding {
        RAW(ImageEncoding.RAW_RGB8),
        PNG(ImageEncoding.PNG),
        JPEG(ImageEncoding.JPEG);

        private final ImageEncoding schema;

        Encoding(ImageEncoding schema) {
            this.schema = schema;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Mixin
    ClusterOptions cluster;

    @Mixin
    TopicOptions topics;

    @Mixin
    DataOptions.DigitsUnlessAsked data;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "The model that the images are for (default: whichever reads them).")
    String model;

    @Option(
            names = "--rate",
            paramLabel = "IMAGES/S",
            converter = Positive.Real.class,
            description = "Images per second (default: as fast as the brokers take them).")
    Double rate;

    @Option(names = "--poisson", description = "Images arrive at random rather than evenly.")
    boolean poisson;

    @Option(
            names = "--count",
            paramLabel = "IMAGES",
            converter = Positive.WholeNumber.class,
            description = "Stop after this many (default: no end).")
    Long count;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = TimeSpan.class,
            description = "Stop so long after the first image was sent, for example 30s or 5m (default: no end).")
    Duration duration;

    @Option(
            names = "--forever",
            description = "Send until stopped; needed where neither --rate, --count nor --duration sets a limit.")
    boolean forever;

    @Option(
            names = "--encoding",
            defaultValue = "raw",
            paramLabel = "FORM",
            description = "How images are encoded: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Encoding encoding;

    @Option(
            names = "--sources",
            paramLabel = "COUNT",
            converter = Positive.Count.class,
            defaultValue = "12",
            description = "Different sources, and so keys (default: ${DEFAULT-VALUE}).")
    int sources;

    @Option(
            names = "--seed",
            paramLabel = "NUMBER",
            defaultValue = "1",
            description = "Of the random arrival times (default: ${DEFAULT-VALUE}).")
    long seed;

    @Spec
    CommandSpec command;

    LoadCommand() {}

    /** The option's name in version 0.1. */
    @Option(names = "--duration-seconds", hidden = true, converter = TimeSpan.OrSeconds.class)
    void durationSeconds(Duration wanted) {
        duration = wanted;
    }

    @Override
    public Integer call() {
        LoadPlan plan = plan();
        cluster.requireReachable();
        Map<String, Object> properties = cluster.clientProperties();
        try (LoadGenerator generator = new LoadGenerator(properties, topics.topics(), model, InstantSource.system())) {
            StopOnSignal signal = StopOnSignal.of("load", generator::stop);
            try {
                return summary(plan, send(generator, plan), signal.isStopping());
            } finally {
                signal.close();
            }
        }
    }

    private long send(LoadGenerator generator, LoadPlan plan) {
        try (Progress progress = new Progress(
                "sent",
                plan.expectedImages().orElse(Progress.UNKNOWN),
                command.commandLine().getErr())) {
            ImageSource images = data.spec().stream();
            long sent = generator.run(images, plan, index -> progress.accept(shown(index)));
            progress.accept(shown(sent));
            return sent;
        }
    }

    private static int shown(long images) {
        return (int) Math.min(images, Integer.MAX_VALUE);
    }

    private int summary(LoadPlan plan, long sent, boolean stopped) {
        PrintWriter err = command.commandLine().getErr();
        if (sent == 0) {
            err.println("sent no image");
        } else {
            err.printf(
                    Locale.ROOT,
                    "sent %d %s, ids %s to %s%n",
                    sent,
                    sent == 1 ? "image" : "images",
                    plan.id(0),
                    plan.id(sent - 1));
        }
        err.flush();
        OptionalLong asked = plan.expectedImages();
        if (!stopped && asked.isPresent() && sent < ENOUGH * asked.getAsLong()) {
            throw new ExitflowException(
                    "sent %d of about %d images: this machine or the brokers do not keep up with %s images per second",
                    sent, asked.getAsLong(), rate);
        }
        return Exitflow.OK;
    }

    private LoadPlan plan() {
        if (!forever && rate == null && count == null && duration == null) {
            throw new ParameterException(
                    command.commandLine(),
                    "nothing limits the load: expected --rate, --count or --duration, or --forever to send as fast as"
                            + " the brokers take them until stopped");
        }
        if (forever && (count != null || duration != null)) {
            throw new ParameterException(
                    command.commandLine(), "--forever excludes --count and --duration, which set an end");
        }
        return new LoadPlan(
                count == null ? Long.MAX_VALUE : count,
                duration == null ? NO_END : duration,
                rate == null ? Double.POSITIVE_INFINITY : rate,
                poisson,
                sources,
                encoding.schema,
                "load-" + Long.toString(InstantSource.system().millis(), Character.MAX_RADIX),
                seed);
    }
}
