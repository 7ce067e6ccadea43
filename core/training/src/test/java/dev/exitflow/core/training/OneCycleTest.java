package dev.exitflow.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class OneCycleTest {

    @Test
    void shouldRiseToItsMaximumAndFallToNothing() {
        OneCycle rate = new OneCycle(0.1, 100, 0);

        assertThat(rate.at(0)).isCloseTo(0.004, within(1e-9));
        assertThat(rate.at(20)).isCloseTo(0.1, within(1e-9));
        assertThat(rate.at(60)).isCloseTo(0.05, within(1e-9));
        assertThat(rate.at(100)).isCloseTo(0, within(1e-9));
    }

    @Test
    void shouldGoOnWhereTheEarlierRunStoppedWhenResumed() {
        OneCycle whole = new OneCycle(0.1, 100, 0);
        OneCycle resumed = new OneCycle(0.1, 100, 40);

        assertThat(resumed.getNewValue("p", 7)).isEqualTo(whole.getNewValue("p", 47));
    }
}
