package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final StringWriter err = new StringWriter();

    @Test
    void shouldSayHowMuchIsDoneWithoutABarWhenTheTotalIsNotKnown() {
        try (Progress progress = new Progress("sent", Progress.UNKNOWN, new PrintWriter(err))) {
            progress.accept(1309);
        }

        assertThat(last()).matches("sent 1,309 \\([\\d,]+ a second, \\d+ s\\)");
    }

    @Test
    void shouldDrawTheShareThatIsDoneWhenTheTotalIsKnown() {
        try (Progress progress = new Progress("sent", 200, new PrintWriter(err))) {
            progress.accept(100);
        }

        assertThat(last()).contains("sent", "50%", "100/200");
    }

    private String last() {
        return err.toString().lines().reduce("", (earlier, later) -> later);
    }
}
