package dev.exitflow.ops.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stream that contradicts itself is an error, not a figure. */
class BackboneAgreementTest {

    private static final int IMAGES = 1000;
    private static final int BACKBONE = 2;

    private final PredictionTally tally = new PredictionTally(BACKBONE + 1);

    @BeforeEach
    void answer() {
        for (int index = 0; index < IMAGES; index++) {
            tally.add(PredictionTallyTest.prediction(index, index % 2 == 0 ? BACKBONE : 0)
                    .build());
        }
    }

    @Test
    void shouldBeAnErrorWhenTheBackboneContradictsItself() {
        int answer = tally.answer(0);

        assertThatThrownBy(() -> BackboneAgreement.of(tally, IMAGES, index -> index < 158 ? answer + 1 : answer))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("79 of 500 images that ran through the whole backbone");
    }

    @Test
    void shouldBeTheShareOfEqualAnswersWhenOnlyEarlyExitsAnswerOtherwise() {
        int answer = tally.answer(0);

        double agreement =
                BackboneAgreement.of(tally, IMAGES, index -> index % 2 == 1 && index < 200 ? answer + 1 : answer);

        assertThat(agreement).isEqualTo(0.9);
    }
}
