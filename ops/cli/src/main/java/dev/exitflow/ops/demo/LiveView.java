package dev.exitflow.ops.demo;

import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.policy.ThresholdText;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.demo.PredictionTally.Totals;
import dev.exitflow.ops.local.DemoCluster;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jline.terminal.Terminal;

/**
 * What the live demo shows: figures of the last few seconds, drawn over the previous ones.
 *
 * <p>{@link #say} may be called from any thread, the others belong to one.
 */
final class LiveView {

    private static final int WINDOW_SECONDS = 5;
    private static final int BAR_WIDTH = 40;
    private static final double NANOS_PER_SECOND = 1e9;

    private final ModelBundle bundle;
    private final FlopsLedger ledger;
    private final String bootstrapServers;
    private final DemoDashboard dashboard;
    private final PredictionTally tally;
    private final PolicyFollower policies;
    private final Deque<Look> looks = new ArrayDeque<>();
    private volatile String news = "";
    private int linesDrawn;

    private record Look(long nanos, Totals totals) {}

    LiveView(DemoCluster cluster, DemoDashboard dashboard, PredictionTally tally, PolicyFollower policies) {
        this.bundle = cluster.bundle();
        this.ledger = new FlopsLedger(bundle.manifest());
        this.bootstrapServers = cluster.bootstrapServers();
        this.dashboard = dashboard;
        this.tally = tally;
        this.policies = policies;
    }

    /** Whether it is a terminal whose cursor can be moved. */
    static boolean canDrawOn(Terminal terminal) {
        return !Terminal.TYPE_DUMB.equals(terminal.getType()) && !Terminal.TYPE_DUMB_COLOR.equals(terminal.getType());
    }

    /** Shows a line until the next one. */
    void say(String line) {
        news = line;
    }

    /** Takes the figures of this moment. */
    void look() {
        long now = System.nanoTime();
        looks.addLast(new Look(now, tally.totals()));
        while (looks.size() > 2 && now - looks.peekFirst().nanos() > WINDOW_SECONDS * NANOS_PER_SECOND) {
            looks.removeFirst();
        }
    }

    /** Looks, and draws over what was drawn before. */
    void draw(Terminal terminal) {
        look();
        List<String> lines = lines();
        StringBuilder frame = new StringBuilder();
        if (linesDrawn > 0) {
            frame.append("\r\u001b[").append(linesDrawn - 1).append('A');
        }
        frame.append(String.join("\u001b[K\r\n", lines)).append("\u001b[K\u001b[J");
        linesDrawn = lines.size();
        terminal.writer().print(frame);
        terminal.flush();
    }

    /** One line of the last look. */
    String summary() {
        return text(
                "%d classified, %.0f images/s, %d waiting, FLOPs saved %.1f %%, accuracy %s, %s",
                looks.peekLast().totals().answered(), rate(), dashboard.waiting(), 100 * saved(), accuracy(), policy());
    }

    /** The whole picture, without line ends. */
    List<String> lines() {
        Totals last = looks.peekLast().totals();
        List<String> lines = new ArrayList<>();
        lines.add(text("Exitflow  model %s, Kafka at %s", bundle.name(), bootstrapServers));
        lines.add(text("dashboard %s", dashboard.uri()));
        lines.add("");
        lines.add(text("images/s     %-10.0f classified   %d", rate(), last.answered()));
        lines.add(text("FLOPs saved  %-10s waiting      %d", text("%.1f %%", 100 * saved()), dashboard.waiting()));
        lines.add(text("accuracy     %-10s policy       %s", accuracy(), policy()));
        lines.add("");
        lines.add(text("leaves at%s share     cost of it", " ".repeat(BAR_WIDTH)));
        for (int exit = 0; exit <= bundle.earlyExits(); exit++) {
            lines.add(exitLine(exit));
        }
        lines.add("");
        lines.add("keys: arrow up and down (or + and -) change T, q ends     figures: last 5 seconds");
        lines.add(text(
                "or:   ./exitflow threshold set --bootstrap-server %s --model %s --t 0.5 --wait",
                bootstrapServers, bundle.name()));
        lines.add(news);
        return lines;
    }

    private String exitLine(int exit) {
        double share = share(exit);
        int filled = (int) Math.round(share * BAR_WIDTH);
        String name = exit == bundle.earlyExits() ? "backbone" : "exit " + exit;
        return text(
                "%-8s %s%s %5.1f %%   %5.1f %% of the backbone",
                name,
                "█".repeat(filled),
                "░".repeat(BAR_WIDTH - filled),
                100 * share,
                100 * ledger.honestFraction(exit));
    }

    private double rate() {
        double seconds = (looks.peekLast().nanos() - looks.peekFirst().nanos()) / NANOS_PER_SECOND;
        return seconds == 0 ? 0 : windowed(totals -> totals.answered()) / seconds;
    }

    private double saved() {
        double full = windowed(totals -> totals.fullFlops());
        return full == 0 ? 0 : 1 - windowed(totals -> totals.flops()) / full;
    }

    private double share(int exit) {
        double all = windowed(totals -> totals.predictions() - totals.duplicates());
        return all == 0 ? 0 : windowed(totals -> totals.exits()[exit]) / all;
    }

    private String accuracy() {
        double labelled = windowed(totals -> totals.labelled());
        return labelled == 0 ? "no labels" : text("%.1f %%", 100 * windowed(totals -> totals.right()) / labelled);
    }

    private double windowed(java.util.function.ToDoubleFunction<Totals> figure) {
        return figure.applyAsDouble(looks.peekLast().totals())
                - figure.applyAsDouble(looks.peekFirst().totals());
    }

    private String policy() {
        return policies.inForce()
                .flatMap(PolicyEntry::policy)
                .map(policy -> text(
                        "v%d, T %s, by %s",
                        policy.getVersion(), ThresholdText.of(policy.getThresholds()), policy.getIssuedBy()))
                .orElseGet(() ->
                        "default, T " + ThresholdText.of(bundle.defaultPolicy().thresholds()));
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
