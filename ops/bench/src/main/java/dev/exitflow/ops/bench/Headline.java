package dev.exitflow.ops.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;

/** A figure that stands for a bench, with what is aimed at. */
enum Headline {
    SPEED_UP("engine", "realisedOverFlops", "early exit's speed-up over what its FLOPs promise, under load", "≥ 0.95"),
    SPEED_UP_ALONE(
            "engine", "realisedOverFlopsOneCaller", "the same with one caller who waits for each answer", "≥ 0.88"),
    BATCHER("engine", "batcherOverBare", "the engine under load over a loop of full batches", "≥ 0.98"),
    CEILING("engine", "ofMatrixCeiling", "that loop's FLOP/s over those of matrix products", ""),
    EXACTLY_ONCE("pipeline", "exactlyOnceOverBare", "through Kafka over the engine alone, exactly-once", "≥ 0.95"),
    AT_LEAST_ONCE("pipeline", "atLeastOnceOverBare", "the same, at-least-once", ""),
    OUTSIDE(
            "pipeline",
            "cpuMicrosPerRecord.processor",
            "µs of a core for each image, beside inference and broker",
            "≤ 60"),
    BROKER("pipeline", "cpuMicrosPerRecord.broker", "the same in the broker", ""),
    SLOWEST(
            "pipeline",
            "latencyMillis.*.p99",
            "ms that 99 of 100 images take at most, at up to 95 % of the most load",
            ""),
    LINEARITY("scale", "linearity", "images per second of 8 processors over 8 times those of one", "≥ 0.9"),
    USUAL("peers", "overUsualProcessor", "times the images per second of the usual Kafka Streams processor", "≥ 3.3"),
    ONNX("peers", "overOnnxRuntime", "times those of a loop around ONNX Runtime", "≥ 1.6"),
    ONNX_PER_CORE("peers", "overOnnxRuntimePerCore", "times those of such loops on each core", ""),
    LOSS("peers", "accuracyLoss", "points of accuracy that this costs", "≤ 1"),
    DEMO(
            "start",
            "demoFirstPredictionMillis.median",
            "ms from the launch of `demo` to the first prediction",
            "≤ 10,000"),
    SERVE("start", "serveFirstPredictionMillis.median", "ms from the launch of `serve` to the first prediction", ""),
    LAST_OLD(
            "control",
            "instances.*.lastOldMillis.p99",
            "ms until 99 of 100 new policies have the last answer under an old one",
            "≤ 500");

    private static final double FEW = 10;

    private final String bench;
    private final String path;
    private final String says;
    private final String aim;

    Headline(String bench, String path, String says, String aim) {
        this.bench = bench;
        this.path = path;
        this.says = says;
        this.aim = aim;
    }

    /** Whether a bench's result has it. */
    boolean isIn(JsonNode result) {
        return !worst(result).isMissingNode();
    }

    /** A line of a Markdown table with the columns figure, aim, measured, bench. */
    String row(JsonNode result) {
        double value = worst(result).asDouble();
        String measured = String.format(Locale.ROOT, value < FEW ? "%.2f" : "%,.0f", value);
        String model = result.path("model").asText();
        return "| %s | %s | %s | `%s`%s |".formatted(says, aim, measured, bench, model.isEmpty() ? "" : ", " + model);
    }

    private JsonNode worst(JsonNode result) {
        return worst(result, List.of(path.split("\\.")));
    }

    /** The value at a path; the greatest where an array is on the way. */
    private static JsonNode worst(JsonNode node, List<String> path) {
        if (path.isEmpty()) {
            return node;
        }
        List<String> rest = path.subList(1, path.size());
        if (!path.get(0).equals("*")) {
            return worst(node.path(path.get(0)), rest);
        }
        return StreamSupport.stream(node.spliterator(), false)
                .map(each -> worst(each, rest))
                .max((one, other) -> Double.compare(one.asDouble(), other.asDouble()))
                .orElse(MissingNode.getInstance());
    }
}
