package dev.exitflow.ops.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.inference.Classified;
import dev.exitflow.core.inference.Outcome;
import dev.exitflow.core.inference.Rejected;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Puts one model's answers to image files into words. */
final class FileAnswers {

    private static final List<String> ANSWERED =
            List.of("file", "label", "probability", "confidence", "exit", "flops", "fullFlops");

    private final Manifest manifest;
    private final FlopsLedger ledger;

    /**
     * Says what became of one file. All from {@code label} to {@code fullFlops} are null where it was refused, the last two
     * where it was not.
     *
     * @param file as it was named
     * @param label name of the most probable class
     * @param probability of that class, in [0, 1]
     * @param confidence of the exit taken, in [0, 1]; the probability where that is the backbone's classifier
     * @param exit the exit taken, from 0; the number of early exits for the backbone's classifier
     * @param flops of every stage and exit head that ran
     * @param fullFlops of the backbone alone
     * @param rejected why there is no answer, as a dead letter would say it
     * @param detail what was got and what was expected
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Answer(
            String file,
            String label,
            Float probability,
            Double confidence,
            Integer exit,
            Long flops,
            Long fullFlops,
            String rejected,
            String detail) {}

    FileAnswers(Manifest manifest) {
        this.manifest = manifest;
        this.ledger = new FlopsLedger(manifest);
    }

    Answer of(Path file, Outcome outcome) {
        if (outcome instanceof Rejected rejected) {
            return new Answer(
                    file.toString(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    rejected.reason().name(),
                    rejected.detail());
        }
        Classified answer = (Classified) outcome;
        boolean byBackbone = answer.exit() == ledger.lastExit();
        return new Answer(
                file.toString(),
                manifest.labels().get(answer.label()),
                answer.probability(),
                byBackbone ? answer.probability() : answer.confidence(),
                answer.exit(),
                answer.flops(),
                ledger.backbone(),
                null,
                null);
    }

    /** Refused files have their reason in two columns more, which are there only where one was refused. */
    static Table table(List<Answer> answers) {
        boolean anyRefused = answers.stream().anyMatch(answer -> answer.rejected() != null);
        List<String> columns = new ArrayList<>(ANSWERED);
        if (anyRefused) {
            columns.addAll(List.of("rejected", "detail"));
        }
        return new Table(
                columns,
                answers.stream().map(answer -> row(answer, columns.size())).toList());
    }

    private static List<Object> row(Answer answer, int columns) {
        List<Object> row = new ArrayList<>(
                answer.rejected() != null
                        ? List.of(answer.file(), "", "", "", "", "", "", answer.rejected(), answer.detail())
                        : List.of(
                                answer.file(),
                                answer.label(),
                                Table.ratio(answer.probability()),
                                Table.ratio(answer.confidence()),
                                answer.exit(),
                                answer.flops(),
                                answer.fullFlops()));
        while (row.size() < columns) {
            row.add("");
        }
        return row;
    }
}
