package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.control.AckReport;
import dev.exitflow.ops.control.PolicyChange;
import dev.exitflow.ops.control.PolicyEntry;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;

/** Tells what became of a change, or would have: data on stdout, what went otherwise than asked on stderr. */
final class PolicyReport {

    private final OutputOptions output;

    PolicyReport(OutputOptions output) {
        this.output = output;
    }

    void planned(PolicyPlan plan) {
        if (output.format == OutputOptions.Format.JSON) {
            output.printJson(plan.object());
        } else {
            out().println(plan.text());
        }
    }

    /**
     * @return the exit code
     * @throws ExitflowException when somebody waited, and not every instance applied it
     */
    int changed(WaitOptions.Outcome outcome) {
        PolicyChange change = outcome.change();
        Optional<AckReport> report = outcome.report();
        if (output.format == OutputOptions.Format.JSON) {
            Map<String, Object> object = PolicyView.object(change);
            report.ifPresent(waited -> object.put("acks", PolicyView.object(waited)));
            output.printJson(object);
        } else {
            out().println(PolicyView.line(change));
            report.filter(AckReport::isComplete).ifPresent(waited -> out().println(waited.summary()));
        }
        out().flush();
        change.overridden().forEach(rival -> race("this came after, and overrides,", rival));
        change.overtakenBy().ifPresent(rival -> race("this is overridden already by", rival));
        report.filter(waited -> !waited.isComplete()).ifPresent(waited -> {
            throw new ExitflowException("written, but %s", waited.summary());
        });
        return Exitflow.OK;
    }

    private void race(String what, PolicyEntry rival) {
        output.err().printf("somebody else wrote at the same moment: %s %s%n", what, PolicyView.line(rival));
        output.err().flush();
    }

    private PrintWriter out() {
        return output.out();
    }
}
