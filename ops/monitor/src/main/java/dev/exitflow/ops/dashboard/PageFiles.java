package dev.exitflow.ops.dashboard;

import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** The page's files, all from the class path: ours, and uPlot's from its webjar. */
final class PageFiles {

    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    /** By the name that a browser asks for; nothing else can be asked for. */
    private static final Map<String, String> RESOURCES = Map.ofEntries(
            ours("index.html"),
            ours("icon.svg"),
            ours("dashboard.css"),
            ours("main.js"),
            ours("stream.js"),
            ours("seconds.js"),
            ours("charts.js"),
            ours("control.js"),
            ours("tradeoff.js"),
            ours("knobs.js"),
            ours("marks.js"),
            ours("lists.js"),
            ours("words.js"),
            Map.entry("uplot.js", UPLOT + "uPlot.esm.js"),
            Map.entry("uplot.css", UPLOT + "uPlot.min.css"));

    void answer(String name, Context context) {
        String resource = RESOURCES.get(name);
        if (resource == null) {
            throw new NotFoundResponse("no such file");
        }
        context.contentType(TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
        context.result(read(resource));
    }

    private static Map.Entry<String, String> ours(String name) {
        return Map.entry(name, "page/" + name);
    }

    private static byte[] read(String resource) {
        try (InputStream in = PageFiles.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is not on the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " cannot be read from the class path", e);
        }
    }
}
