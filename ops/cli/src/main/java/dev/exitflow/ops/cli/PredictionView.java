package dev.exitflow.ops.cli;

import dev.exitflow.schema.ClassProbability;
import dev.exitflow.schema.Prediction;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** How an answer looks on the command line: one line for people, a JSON object without nulls. */
final class PredictionView {

    private PredictionView() {}

    /** An answer in one line; what strangers wrote into it moves no cursor. */
    static String line(Prediction prediction) {
        double cost = (double) prediction.getFlops() / prediction.getFullFlops();
        String line = String.format(
                Locale.ROOT,
                "%s %s %s: %s (probability %.3f, confidence %.3f) at exit %d of %d, %.1f %% of the FLOPs, T %s v%d, %d ms%s",
                prediction.getProducedAt(),
                prediction.getSource(),
                prediction.getId(),
                prediction.getLabel(),
                prediction.getProbability(),
                prediction.getConfidence(),
                prediction.getExit(),
                prediction.getExitCount(),
                100 * cost,
                prediction.getThreshold(),
                prediction.getPolicyVersion(),
                latencyMillis(prediction),
                prediction.getTrueLabel().map(label -> ", is " + label).orElse(""));
        return Table.cell(line);
    }

    /** An answer as an object; the names are those of the record's fields. */
    static Map<String, Object> object(Prediction prediction) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("id", prediction.getId());
        object.put("source", prediction.getSource());
        object.put("model", prediction.getModel());
        object.put("modelVersion", prediction.getModelVersion());
        object.put("label", prediction.getLabel());
        object.put("probability", prediction.getProbability());
        prediction
                .getTop()
                .ifPresent(top -> object.put(
                        "top", top.stream().map(PredictionView::ranked).toList()));
        object.put("confidence", prediction.getConfidence());
        object.put("exit", prediction.getExit());
        object.put("exitCount", prediction.getExitCount());
        object.put("flops", prediction.getFlops());
        object.put("fullFlops", prediction.getFullFlops());
        object.put("policyVersion", prediction.getPolicyVersion());
        object.put("threshold", prediction.getThreshold());
        prediction.getBackboneAgrees().ifPresent(agrees -> object.put("backboneAgrees", agrees));
        prediction.getTrueLabel().ifPresent(label -> object.put("trueLabel", label));
        object.put("capturedAt", prediction.getCapturedAt().toString());
        object.put("producedAt", prediction.getProducedAt().toString());
        object.put("latencyMillis", latencyMillis(prediction));
        object.put("instance", prediction.getInstance());
        object.put("imagePartition", prediction.getImagePartition());
        object.put("imageOffset", prediction.getImageOffset());
        return object;
    }

    private static Map<String, Object> ranked(ClassProbability ranked) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("label", ranked.getLabel());
        object.put("probability", ranked.getProbability());
        return object;
    }

    /** From capture to answer, by the clocks of the two. */
    private static long latencyMillis(Prediction prediction) {
        return prediction.getProducedAt().toEpochMilli()
                - prediction.getCapturedAt().toEpochMilli();
    }
}
