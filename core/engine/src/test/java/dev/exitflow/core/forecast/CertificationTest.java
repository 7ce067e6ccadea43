package dev.exitflow.core.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CertificationTest {

    private static final int IMAGES = 1000;

    @Test
    void shouldEndAtTheFirstPolicyThatFailsWhateverComesAfter() {
        List<OperatingPoint> sequence = List.of(point(0.99), point(0.97), point(0.99));

        Certification certification = Certification.of(sequence, 0.95);

        assertThat(certification.lowerBounds().get(0)).isEqualTo(BinomialBound.lower(990, IMAGES, 0.95));
        assertThat(certification.lowerBounds().get(2))
                .isEqualTo(certification.lowerBounds().get(1))
                .isEqualTo(BinomialBound.lower(970, IMAGES, 0.95));
        assertThat(certification.last(0.97)).hasValue(0);
        assertThat(certification.last(0.95)).hasValue(2);
        assertThat(certification.last(0.999)).isEmpty();
    }

    @Test
    void shouldBeSureOfThePolicyThatLetsNoneLeave() {
        OperatingPoint full = new OperatingPoint(List.of(1.0), 1, 1, 1, 1, List.of(0, 10));

        assertThat(Certification.of(List.of(full), 0.95).lowerBounds()).containsExactly(1.0);
    }

    /** Fifty policies from 100 % down to 95 %: testing each alone and taking the cheapest would miss nearly always. */
    @Test
    void shouldMissATargetInAtMostFiveOfAHundredSamplesHoweverLongTheSequence() {
        Random random = new Random(7);
        int misses = 0;
        int rounds = 300;
        for (int round = 0; round < rounds; round++) {
            List<OperatingPoint> sequence = IntStream.range(0, 50)
                    .mapToObj(index -> {
                        double truth = 1 - 0.001 * index;
                        long agreeing = random.doubles(IMAGES)
                                .filter(draw -> draw < truth)
                                .count();
                        return point((double) agreeing / IMAGES);
                    })
                    .toList();
            int last = Certification.of(sequence, 0.95).last(0.97).orElse(0);
            misses += 1 - 0.001 * last < 0.97 - 1e-9 ? 1 : 0;
        }
        assertThat(misses).isLessThan(27); // 15 expected at most; three standard errors are 12
    }

    private static OperatingPoint point(double agreement) {
        return new OperatingPoint(List.of(0.5), 0.5, 0.5, agreement, agreement, List.of(IMAGES / 2, IMAGES / 2));
    }
}
