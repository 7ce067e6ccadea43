package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {

    private static final List<String> NAMES = List.of("threshold", "topics", "top", "--model", "--reason");

    @ParameterizedTest
    @CsvSource({"treshold, threshold", "thershold, threshold", "topic, topics", "--modle, --model", "--REASN, --reason"
    })
    void shouldFindTheNameThatWasMeant(String typed, String meant) {
        assertThat(Suggestion.of(typed, NAMES)).contains(meant);
    }

    @Test
    void shouldFindNothingWhenNoNameIsNear() {
        assertThat(Suggestion.of("serve", NAMES)).isEmpty();
        assertThat(Suggestion.inWords("serve", NAMES)).isEmpty();
        assertThat(Suggestion.of("x", NAMES)).isEmpty();
    }

    @Test
    void shouldCountSwappedNeighboursAsOneSlip() {
        assertThat(Suggestion.slips("ab", "ba")).isEqualTo(1);
        assertThat(Suggestion.slips("", "abc")).isEqualTo(3);
        assertThat(Suggestion.slips("kitten", "sitting")).isEqualTo(3);
    }
}
