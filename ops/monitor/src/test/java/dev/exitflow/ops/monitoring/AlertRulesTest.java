package dev.exitflow.ops.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which series make the alerts fire, asked of Prometheus' own tool; skipped where that is not installed. */
@Timeout(60)
class AlertRulesTest {

    @Test
    void shouldFireOnlyWhenTheirExamplesSaySo() throws Exception {
        assumeTrue(isInstalled("promtool"), "promtool is not installed (Debian has it in the package prometheus)");
        Process process = new ProcessBuilder("promtool", "test", "rules", "src/test/monitoring/alerts.test.yml")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(folder -> new File(folder, program).canExecute());
    }
}
