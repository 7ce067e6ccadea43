package dev.exitflow.ops.bench;

import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.ops.bench.AnswerLog.Answer;
import dev.exitflow.ops.bench.PeakFigures.Change;
import dev.exitflow.ops.bench.PeakFigures.Run;
import dev.exitflow.ops.bench.PeakFigures.Second;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** Sums up what became of a run's images. */
final class PeakSummary {

    private static final double HIGH = 0.99;

    private final PeakPlan plan;
    private final ExitTraces traces;

    /** @param traces of the images that were sent over and over: what the bare backbone answers */
    PeakSummary(PeakPlan plan, ExitTraces traces) {
        this.plan = plan;
        this.traces = traces;
    }

    /** @param startMillis when the load began, since 1970 */
    Run of(String policy, List<Answer> answers, long startMillis, List<Change> changes) {
        List<Answer> peak = answers.stream()
                .filter(answer -> isIn(answer, startMillis, plan.leadSeconds(), plan.peakEndSeconds()))
                .toList();
        return new Run(
                policy,
                answers.size(),
                share(answers, this::isInTime),
                share(peak, this::isInTime),
                answers.stream().mapToDouble(Answer::waitedSeconds).max().orElse(0),
                recovery(peak, startMillis),
                share(answers, this::agrees),
                share(peak, this::agrees),
                cost(answers),
                seconds(answers, startMillis),
                List.copyOf(changes));
    }

    private List<Second> seconds(List<Answer> answers, long startMillis) {
        List<Second> seconds = new ArrayList<>();
        for (int second = 0; second < plan.seconds(); second++) {
            int from = second;
            List<Answer> some = answers.stream()
                    .filter(answer -> isIn(answer, startMillis, from, from + 1))
                    .sorted(Comparator.comparingDouble(Answer::waitedSeconds))
                    .toList();
            if (!some.isEmpty()) {
                seconds.add(new Second(
                        second,
                        some.size(),
                        some.get((int) (HIGH * (some.size() - 1))).waitedSeconds(),
                        share(some, this::agrees),
                        cost(some)));
            }
        }
        return seconds;
    }

    /** Null where images that came at the peak's end were still late. */
    private Double recovery(List<Answer> peak, long startMillis) {
        long peakMillis = startMillis + plan.leadSeconds() * 1_000L;
        double lastLate = peak.stream()
                .filter(answer -> !isInTime(answer))
                .mapToDouble(answer -> (answer.capturedMillis() - peakMillis) / 1e3)
                .max()
                .orElse(0);
        return lastLate > plan.peakSeconds() - 1 ? null : (Double) lastLate;
    }

    private boolean isInTime(Answer answer) {
        return answer.waitedSeconds() <= plan.target().limit().toMillis() / 1e3;
    }

    private boolean agrees(Answer answer) {
        return answer.label() == traces.backboneAnswer((int) (answer.index() % traces.images()));
    }

    private static boolean isIn(Answer answer, long startMillis, int fromSecond, int toSecond) {
        long since = answer.capturedMillis() - startMillis;
        return since >= fromSecond * 1_000L && since < toSecond * 1_000L;
    }

    private static double share(List<Answer> answers, Predicate<Answer> wanted) {
        return answers.isEmpty() ? 0 : (double) answers.stream().filter(wanted).count() / answers.size();
    }

    private static double cost(List<Answer> answers) {
        return answers.stream().mapToDouble(Answer::flops).sum()
                / answers.stream().mapToDouble(Answer::fullFlops).sum();
    }
}
