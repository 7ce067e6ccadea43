package dev.exitflow.ops.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What benches found, as a table for people: their main figures beside what is aimed at. */
public final class BenchSummary {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> rows = new ArrayList<>();
    private final Set<String> machines = new TreeSet<>();

    /**
     * Reads results.
     *
     * @param files what benches printed with {@code --format json}, one each, in the order of the table
     * @throws ExitflowException if one cannot be read, or is no result of a bench
     */
    public BenchSummary(List<Path> files) {
        files.forEach(this::add);
    }

    private void add(Path file) {
        JsonNode result;
        try {
            result = JSON.readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new ExitflowException(file + " is no JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new ExitflowException("cannot read " + file + ": " + Reason.of(e), e);
        }
        List<Headline> found = List.of(Headline.values()).stream()
                .filter(line -> line.isIn(result))
                .toList();
        if (found.isEmpty()) {
            throw new ExitflowException(
                    "%s has no figure of a bench's, expected what `exitflow bench engine|pipeline|scale|peers|start|control"
                            + " --format json` prints",
                    file);
        }
        found.forEach(line -> rows.add(line.row(result)));
        machines.add(result.path("machine").asText());
    }

    /** A Markdown table, and whose figures it has. */
    public String markdown() {
        StringBuilder text = new StringBuilder("| | aim | measured | by `exitflow bench` |\n|---|---|---|---|\n");
        rows.forEach(row -> text.append(row).append('\n'));
        return text.append("\nOn ")
                .append(String.join("; and on ", machines))
                .append(".\n")
                .toString();
    }
}
