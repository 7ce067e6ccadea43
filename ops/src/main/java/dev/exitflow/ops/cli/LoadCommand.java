package dev.exitflow.ops.cli;

import dev.exitflow.ops.load.ImageSource;
import dev.exitflow.ops.load.LoadGenerator;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.schema.ImageEncoding;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code exitflow load}: sends images at a rate. */
@Command(
        name = "load",
        description = "Sends images to the images topic, at a rate, until a count or a time is reached.",
        footerHeading = Exitflow.EXAMPLES,
        footer = {
            "  exitflow load --data digits --rate 200",
            "  exitflow load --data cifar-10-batches-bin --count 10000 --encoding jpeg",
            "  exitflow load --rate 500 --poisson --duration-seconds 60 --sources 100"
        })
final class LoadCommand implements Callable<Integer> {

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
            description = "Images per second (default: as fast as possible).")
    double rate = Double.POSITIVE_INFINITY;

    @Option(names = "--poisson", description = "Images arrive at random rather than evenly.")
    boolean poisson;

    @Option(names = "--count", paramLabel = "IMAGES", description = "Stop after this many (default: no end).")
    long count = Long.MAX_VALUE;

    @Option(
            names = "--duration-seconds",
            paramLabel = "SECONDS",
            description = "Stop after this long (default: no end).")
    long durationSeconds = Duration.ofDays(36_500).toSeconds();

    @Option(
            names = "--encoding",
            defaultValue = "raw",
            paramLabel = "FORM",
            description = "How images are encoded: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Encoding encoding;

    @Option(
            names = "--sources",
            paramLabel = "COUNT",
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

    @Override
    public Integer call() {
        cluster.requireReachable();
        InstantSource clock = InstantSource.system();
        String run = "load-" + Long.toString(clock.millis(), Character.MAX_RADIX);
        LoadPlan plan = new LoadPlan(
                count, Duration.ofSeconds(durationSeconds), rate, poisson, sources, encoding.schema, run, seed);
        Map<String, Object> properties = cluster.clientProperties();
        try (LoadGenerator generator = new LoadGenerator(properties, topics.topics(), model, clock);
                Progress progress = new Progress(
                        "sent",
                        plan.expectedImages().orElse(Progress.UNKNOWN),
                        command.commandLine().getErr())) {
            Thread stopper = new Thread(generator::stop, "exitflow-load-stop");
            Runtime.getRuntime().addShutdownHook(stopper);
            ImageSource images = data.spec().stream();
            long sent = generator.run(images, plan, index -> progress.accept((int) Math.min(index, Integer.MAX_VALUE)));
            command.commandLine()
                    .getErr()
                    .printf(Locale.ROOT, "sent %d images, ids %s to %s%n", sent, plan.id(0), plan.id(sent - 1));
            return Exitflow.OK;
        }
    }
}
