package dev.exitflow.ops;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The figures of a long test: one line of JSON on standard output, and the same in a file of the build. */
public final class JsonSummary {

    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonSummary() {}

    /**
     * Writes {@code target/NAME-summary.json} and prints it.
     *
     * @param figures by name, in their order
     */
    public static void write(String name, Map<String, ?> figures) throws IOException {
        String line = JSON.writeValueAsString(figures);
        Files.writeString(Path.of("target", name + "-summary.json"), line + "\n");
        System.out.println(line);
    }
}
