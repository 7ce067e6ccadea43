package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void shouldAlignColumnsWhenPrintedAsText() {
        Table table = new Table(List.of("topic", "topicSize"), List.of(List.of("images", 5), List.of("a", 12345)));

        assertThat(table.text().lines())
                .containsExactly("TOPIC   TOPIC SIZE", "images           5", "a            12345");
    }

    @Test
    void shouldKeepNumbersWhenPrintedAsObjects() {
        Table table = new Table(List.of("topic", "size"), List.of(List.of("images", 5)));

        assertThat(table.objects()).containsExactly(Map.of("topic", "images", "size", 5));
    }

    @Test
    void shouldRefuseRowWhenItsLengthIsWrong() {
        List<List<Object>> rows = List.of(List.of("images", 5));

        assertThatThrownBy(() -> new Table(List.of("topic"), rows))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("2 values");
    }
}
