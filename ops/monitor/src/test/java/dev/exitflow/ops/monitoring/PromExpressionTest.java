package dev.exitflow.ops.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.monitoring.PromExpression.Selector;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PromExpressionTest {

    @Test
    void shouldFindMetricsAndLabelsWhenFunctionsRangesAndTextAreAround() {
        PromExpression expression = PromExpression.of(
                "1 - sum by (model, exit) (rate(a_total{model=~\"$model\", job=\"b_c\"}[$__rate_interval]))"
                        + " / on (model) group_left () max(d:e) > 0.05 and absent(up == 1)");

        assertThat(expression.selectors())
                .containsExactly(
                        new Selector("a_total", Set.of("model", "job")),
                        new Selector("d:e", Set.of()),
                        new Selector("up", Set.of()));
        assertThat(expression.grouping()).containsExactly("model", "exit");
    }
}
