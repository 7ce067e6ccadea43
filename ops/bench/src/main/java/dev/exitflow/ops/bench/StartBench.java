package dev.exitflow.ops.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.ops.answer.PredictionReader;
import dev.exitflow.ops.bench.StartFigures.Stage;
import dev.exitflow.ops.embedded.BrokerSettings;
import dev.exitflow.ops.embedded.EmbeddedBroker;
import dev.exitflow.ops.load.ImageSource;
import dev.exitflow.ops.load.LoadGenerator;
import dev.exitflow.ops.load.LoadPlan;
import dev.exitflow.schema.topic.TopicProvisioner;
import dev.exitflow.schema.topic.Topics;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;

/** Measures how long {@code demo} and {@code serve} take to make their first prediction: processes of their own, in turns. */
public final class StartBench {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int IMAGES = 50;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final List<String> DEMO_STAGES =
            List.of("commandMillis", "brokerMillis", "readyMillis", "firstPredictionMillis");

    private final Path bundle;
    private final ImageSet images;
    private final int rounds;
    private final Map<String, List<Double>> demo = new LinkedHashMap<>();
    private final Map<String, List<Double>> serve = new LinkedHashMap<>();

    /**
     * Measures nothing yet.
     *
     * @param bundle the model's directory
     * @param images of its size, at least one
     * @param rounds of each command, 1 or more
     */
    public StartBench(Path bundle, ImageSet images, int rounds) {
        this.bundle = bundle;
        this.images = images;
        this.rounds = rounds;
    }

    /** Steps that {@link #run} tells of. */
    public int steps() {
        return 2 * rounds;
    }

    /**
     * Measures.
     *
     * @param progress hears how many steps are done
     * @throws ExitflowException when one of the processes fails
     */
    public StartFigures run(IntConsumer progress) {
        Topics topics = Topics.standard();
        String model = BundleLoader.load(bundle).name();
        try (EmbeddedBroker broker = EmbeddedBroker.start(BrokerSettings.temporary())) {
            Map<String, Object> client =
                    Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
            try (Admin admin = Admin.create(client)) {
                new TopicProvisioner(admin).createMissing(topics.all(), OptionalInt.empty());
            }
            for (int round = 0; round < rounds; round++) {
                demo();
                progress.accept(2 * round + 1);
                serve(client, topics, model, "round" + round);
                progress.accept(2 * round + 2);
            }
        }
        return new StartFigures(
                Machine.describe(),
                rounds,
                Spread.of(demo.get("firstPredictionMillis")),
                Spread.of(serve.get("firstPredictionMillis")),
                Map.of("demo", stages(demo), "serve", stages(serve)));
    }

    private void demo() {
        List<String> arguments = List.of(
                "demo",
                "--headless",
                "--format",
                "json",
                "--bundle",
                bundle.toString(),
                "--images",
                Integer.toString(IMAGES));
        try (ExitflowProcess process = ExitflowProcess.start(arguments)) {
            JsonNode startUp = JSON.readTree(process.all()).get("startUp");
            DEMO_STAGES.forEach(stage -> add(demo, stage, startUp.get(stage).asDouble()));
        } catch (JsonProcessingException e) {
            throw new ExitflowException("'exitflow demo' printed no JSON: " + e.getMessage(), e);
        }
    }

    /** Its images wait for it. */
    private void serve(Map<String, Object> client, Topics topics, String model, String run) {
        FirstPrediction first = new FirstPrediction();
        try (PredictionReader reader = PredictionReader.ofRun(client, topics, run, first);
                LoadGenerator generator = new LoadGenerator(client, topics, model, InstantSource.system())) {
            generator.run(ImageSource.of(images), LoadPlan.unlimited(IMAGES, run), index -> {});
            List<String> arguments = List.of(
                    "serve",
                    "--bundle",
                    bundle.toString(),
                    "--bootstrap-server",
                    client.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG).toString(),
                    "--set",
                    "http.port=0");
            long launched = System.nanoTime();
            try (ExitflowProcess process = ExitflowProcess.start(arguments)) {
                process.line(); // where its metrics are, said when it is ready
                add(serve, "readyMillis", (System.nanoTime() - launched) / NANOS_PER_MILLI);
                add(serve, "firstPredictionMillis", (first.awaitNanos() - launched) / NANOS_PER_MILLI);
                reader.awaitAnswers(IMAGES, FirstPrediction.PATIENCE, answered -> {});
            }
        }
    }

    private static void add(Map<String, List<Double>> figures, String stage, double millis) {
        figures.computeIfAbsent(stage, name -> new ArrayList<>()).add(millis);
    }

    private static List<Stage> stages(Map<String, List<Double>> figures) {
        return figures.entrySet().stream()
                .map(stage -> new Stage(stage.getKey(), Spread.of(stage.getValue())))
                .toList();
    }
}
