package dev.exitflow.ops.live;

import static dev.exitflow.ops.live.Panel.text;

import dev.exitflow.ops.live.ClusterLook.Model;
import dev.exitflow.ops.live.Panel.Fact;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** A cluster at one moment, as lines for a terminal. */
final class ClusterPicture {

    private static final String UNKNOWN = "–";
    private static final Duration WINDOW = ClusterEye.WINDOW;

    private ClusterPicture() {}

    /**
     * The whole picture.
     *
     * @param where the brokers' address
     * @param keys what can be pressed
     * @param news the last line
     */
    static List<String> lines(ClusterLook look, String where, String keys, String news) {
        List<String> lines = new ArrayList<>();
        lines.add(text("Exitflow  Kafka at %s", where));
        lines.add(text("processors %s", processors(look)));
        lines.add(text("waiting    %s", waiting(look)));
        if (look.models().isEmpty()) {
            lines.add("");
            lines.add("no predictions within the last minute");
        }
        for (Model model : look.models()) {
            lines.add("");
            lines.addAll(lines(model));
        }
        lines.add("");
        lines.add(text("%s     figures: last %d seconds", keys, WINDOW.toSeconds()));
        lines.add(news);
        return lines;
    }

    private static List<String> lines(Model model) {
        List<String> lines = new ArrayList<>();
        lines.add("model " + model.model());
        lines.addAll(Panel.facts(List.of(
                new Fact("images/s", text("%.0f", model.imagesPerSecond())),
                new Fact("policies", versions(model)),
                new Fact("FLOPs saved", percent(saved(model))),
                new Fact("accuracy", Panel.percent(optional(model.accuracy()), "no labels")),
                new Fact("latency", latency(model)),
                new Fact("agreement", agreement(model)))));
        if (!model.exitShares().isEmpty()) {
            lines.addAll(Panel.exits(
                    model.exitShares(),
                    model.exitCosts().stream()
                            .map(cost -> cost == null ? Double.NaN : cost)
                            .toList()));
        }
        return lines;
    }

    /** One line for each model, for where nothing can be drawn. */
    static List<String> summary(ClusterLook look) {
        String end = look.problem() != null
                ? look.problem()
                : text(
                        "%s waiting, %d %s",
                        waiting(look),
                        look.instances().size(),
                        look.instances().size() == 1 ? "processor" : "processors");
        if (look.models().isEmpty()) {
            return List.of("no predictions, " + end);
        }
        return look.models().stream()
                .map(model -> text(
                        "%s: %.0f images/s, policies %s, FLOPs saved %s, agreement %s, latency %s, %s",
                        model.model(),
                        model.imagesPerSecond(),
                        versions(model),
                        percent(saved(model)),
                        agreement(model),
                        latency(model),
                        end))
                .toList();
    }

    private static String processors(ClusterLook look) {
        if (look.problem() != null) {
            return UNKNOWN;
        }
        return look.instances().isEmpty()
                ? "none"
                : text("%d: %s", look.instances().size(), String.join(", ", look.instances()));
    }

    private static String waiting(ClusterLook look) {
        return look.backlogImages() == null ? UNKNOWN : text("%d", look.backlogImages());
    }

    private static String versions(Model model) {
        return model.policyVersions().isEmpty()
                ? UNKNOWN
                : model.policyVersions().stream().map(version -> "v" + version).collect(Collectors.joining(" "));
    }

    private static String latency(Model model) {
        return model.latencyP50Millis() == null
                ? UNKNOWN
                : text("%.0f / %.0f ms", model.latencyP50Millis(), model.latencyP99Millis());
    }

    private static String agreement(Model model) {
        return model.agreement() == null
                ? "no shadow samples"
                : text(
                        "%.1f %% (%.1f to %.1f, last minute)",
                        100 * model.agreement(), 100 * model.agreementLow(), 100 * model.agreementHigh());
    }

    private static OptionalDouble saved(Model model) {
        return model.flopsFraction() == null ? OptionalDouble.empty() : OptionalDouble.of(1 - model.flopsFraction());
    }

    private static String percent(OptionalDouble share) {
        return Panel.percent(share, UNKNOWN);
    }

    private static OptionalDouble optional(Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
