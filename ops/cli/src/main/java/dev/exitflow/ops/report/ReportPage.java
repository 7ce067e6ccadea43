package dev.exitflow.ops.report;

import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report as one HTML page that needs no other file and no network. */
final class ReportPage {

    private static final String STYLE = """
            body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 54rem; padding: 0 1rem; color: #222; background: #fff; }
            h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
            img { max-width: 100%; height: auto; } .caption, footer { color: #555; }
            table { border-collapse: collapse; display: block; overflow-x: auto; } th, td { padding: .25rem .7rem; text-align: right; border-bottom: 1px solid #ddd; }
            th:first-child, td:first-child { text-align: left; } code { background: #f3f3f3; padding: 0 .2rem; }
            """;

    private final StringBuilder html = new StringBuilder();

    ReportPage(String title, String introduction) {
        html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .append("<title>%s</title>%n<style>%n%s</style></head><body>%n".formatted(escape(title), STYLE))
                .append("<h1>%s</h1>%n<p>%s</p>%n".formatted(escape(title), escape(introduction)));
    }

    /** Adds a table under a heading. */
    void table(String heading, List<String> columns, List<List<Object>> rows) {
        html.append("<h2>%s</h2>%n<table><thead>".formatted(escape(heading)));
        row("th", List.copyOf(columns));
        html.append("</thead><tbody>");
        rows.forEach(row -> row("td", row));
        html.append("</tbody></table>\n");
    }

    private void row(String tag, List<?> cells) {
        html.append("<tr>");
        cells.forEach(cell -> html.append("<%s>%s</%s>".formatted(tag, escape(shown(cell)), tag)));
        html.append("</tr>\n");
    }

    private static String shown(Object value) {
        return value instanceof Double number ? String.format(Locale.ROOT, "%.4f", number) : value.toString();
    }

    /** Adds a figure with its picture. */
    void figure(Figure figure, byte[] png) {
        html.append("<h2>%s</h2>%n".formatted(escape(figure.title())))
                .append("<img alt=\"%s\" src=\"data:image/png;base64,%s\">%n"
                        .formatted(escape(figure.title()), Base64.getEncoder().encodeToString(png)))
                .append("<p class=\"caption\">%s Numbers: <code>%s.csv</code></p>%n"
                        .formatted(escape(figure.caption()), figure.name()));
    }

    /** Adds facts as a list of names and values, and ends the page. */
    String end(Map<String, Object> facts) {
        html.append("<footer><h2>How these numbers came to be</h2><ul>");
        facts.forEach((name, value) -> html.append("<li>%s: %s</li>%n".formatted(escape(name), escape(shown(value)))));
        return html.append("</ul></footer></body></html>\n").toString();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
