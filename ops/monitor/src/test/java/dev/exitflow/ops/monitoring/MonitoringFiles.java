package dev.exitflow.ops.monitoring;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The files for Prometheus and Grafana, parsed. */
final class MonitoringFiles {

    static final Path FOLDER = Path.of("src/main/monitoring");

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");

    private MonitoringFiles() {}

    /**
     * An expression, where it stands, and the labels that its text shows.
     *
     * @param place for messages
     * @param expression PromQL
     * @param shown labels that a legend or an annotation takes from the result
     */
    record Asked(String place, PromExpression expression, List<String> shown) {}

    static JsonNode yaml(String file) throws IOException {
        return YAML.readTree(FOLDER.resolve(file).toFile());
    }

    static JsonNode compose() throws IOException {
        return YAML.readTree(Path.of("../../docker-compose.yml").toFile());
    }

    static JsonNode dashboard() throws IOException {
        return new ObjectMapper()
                .readTree(FOLDER.resolve("grafana/dashboards/exitflow.json").toFile());
    }

    static List<JsonNode> alerts() throws IOException {
        List<JsonNode> alerts = new ArrayList<>();
        for (JsonNode group : yaml("prometheus/alerts.yml").path("groups")) {
            group.path("rules").forEach(alerts::add);
        }
        return alerts;
    }

    /** Everything that alerts and dashboard ask Prometheus for. */
    static List<Asked> asked() throws IOException {
        List<Asked> asked = new ArrayList<>();
        for (JsonNode alert : alerts()) {
            asked.add(new Asked(
                    "alert " + alert.path("alert").asText(),
                    PromExpression.of(alert.path("expr").asText()),
                    shown(alert.path("annotations").toString(), "\\{\\{ \\$labels\\.(\\w+) }}")));
        }
        JsonNode dashboard = dashboard();
        for (JsonNode panel : dashboard.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                asked.add(new Asked(
                        "panel " + panel.path("title").asText(),
                        PromExpression.of(target.path("expr").asText()),
                        shown(target.path("legendFormat").asText(), "\\{\\{(\\w+)}}")));
            }
        }
        for (JsonNode annotation : dashboard.at("/annotations/list")) {
            asked.add(new Asked(
                    "annotation " + annotation.path("name").asText(),
                    PromExpression.of(annotation.path("expr").asText()),
                    shown(annotation.path("titleFormat").asText(), "\\{\\{(\\w+)}}")));
        }
        for (JsonNode variable : dashboard.at("/templating/list")) {
            LABEL_VALUES
                    .matcher(variable.path("definition").asText())
                    .results()
                    .forEach(values -> asked.add(new Asked(
                            "variable " + variable.path("name").asText(),
                            PromExpression.of(values.group(1)),
                            List.of(values.group(2)))));
        }
        return asked;
    }

    private static List<String> shown(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(label -> label.group(1))
                .toList();
    }
}
