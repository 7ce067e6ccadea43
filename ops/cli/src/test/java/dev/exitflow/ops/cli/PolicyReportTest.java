package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.control.PolicyChange;
import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.schema.ThresholdPolicy;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PolicyReportTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldNameTheOthersOnStderrWhenSomebodyWroteAtTheSameMoment() {
        int status = report(List.of(entry(4, 6, "bob"), entry(9, 8, "carol")), OutputOptions.Format.TABLE);

        assertThat(status).isZero();
        assertThat(out.toString()).startsWith("tiny v7: T 0.5");
        assertThat(err.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("overrides", "tiny v6", "by bob"),
                        line -> assertThat(line).contains("overridden already by", "tiny v8", "by carol"));
    }

    @Test
    void shouldListTheOthersInJsonWhenSomebodyWroteAtTheSameMoment() {
        report(List.of(entry(4, 6, "bob")), OutputOptions.Format.JSON);

        assertThat(out.toString()).contains("\"rivals\":[{\"key\":\"tiny\"", "\"issuedBy\":\"bob\"");
    }

    @Test
    void shouldSayNothingMoreWhenNobodyElseWrote() {
        report(List.of(), OutputOptions.Format.TABLE);

        assertThat(err.toString()).isEmpty();
    }

    private int report(List<PolicyEntry> rivals, OutputOptions.Format format) {
        OutputOptions output = new OutputOptions();
        output.format = format;
        output.command = new CommandLine(new BrokerCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .getCommandSpec();
        PolicyChange change = new PolicyChange(
                "tiny", Optional.of(policy(7, "ann")), Optional.empty(), rivals, 5, Instant.EPOCH, Optional.empty(), 0);
        int status = new PolicyReport(output).changed(new WaitOptions.Outcome(change, Optional.empty()));
        output.out().flush();
        return status;
    }

    private static PolicyEntry entry(long offset, long version, String issuedBy) {
        return new PolicyEntry("tiny", offset, Instant.EPOCH, Optional.of(policy(version, issuedBy)), Optional.empty());
    }

    private static ThresholdPolicy policy(long version, String issuedBy) {
        return ThresholdPolicy.newBuilder()
                .setVersion(version)
                .setThresholds(List.of(0.5))
                .setIssuedBy(issuedBy)
                .setReason("")
                .setIssuedAt(Instant.EPOCH)
                .build();
    }
}
