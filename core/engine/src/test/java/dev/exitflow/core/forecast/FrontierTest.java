package dev.exitflow.core.forecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrontierTest {

    private static final OperatingPoint FULL = point(1, 1);
    private static final OperatingPoint GOOD = point(0.6, 0.98);
    private static final OperatingPoint CHEAP = point(0.3, 0.9);

    @Test
    void shouldLeaveOutWhatAnotherPointBeats() {
        Frontier frontier = Frontier.of(List.of(CHEAP, FULL, point(0.7, 0.97), GOOD, point(0.3, 0.85)));

        assertThat(frontier.points()).containsExactly(FULL, GOOD, CHEAP);
    }

    @Test
    void shouldChooseTheCheapestWhenAgreementHasAFloor() {
        Frontier frontier = new Frontier(List.of(FULL, GOOD, CHEAP));

        assertThat(frontier.cheapest(0.97)).isSameAs(GOOD);
        assertThat(frontier.cheapest(0.98)).isSameAs(GOOD);
        assertThat(frontier.cheapest(0.99)).isSameAs(FULL);
        assertThat(frontier.cheapest(0)).isSameAs(CHEAP);
    }

    @Test
    void shouldChooseTheMostAgreeingWhenCostHasABudget() {
        Frontier frontier = new Frontier(List.of(FULL, GOOD, CHEAP));

        assertThat(frontier.within(0.65)).isSameAs(GOOD);
        assertThat(frontier.within(0.6)).isSameAs(GOOD);
        assertThat(frontier.within(2)).isSameAs(FULL);
        assertThat(frontier.within(0.1)).isSameAs(CHEAP);
    }

    @Test
    void shouldRefuseToBeEmpty() {
        assertThatThrownBy(() -> new Frontier(List.of())).isInstanceOf(ExitflowException.class);
    }

    private static OperatingPoint point(double cost, double agreement) {
        return new OperatingPoint(List.of(0.5), cost, cost, agreement, agreement, List.of(1, 1));
    }
}
