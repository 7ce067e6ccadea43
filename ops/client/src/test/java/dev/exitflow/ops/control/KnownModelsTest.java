package dev.exitflow.ops.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class KnownModelsTest {

    private final KnownModels known = new KnownModels(Set.of("digits", "cifar10-resnet56"));

    @Test
    void shouldAskForTheNearestWhenANameIsMistyped() {
        assertThat(known.doubt("digit").orElseThrow()).contains("'digit'", "did you mean digits?");
        assertThat(known.doubt("cifar10-resnet65").orElseThrow()).contains("did you mean cifar10-resnet56?");
    }

    @Test
    void shouldOnlyNameTheOthersWhenNoneIsNear() {
        assertThat(known.doubt("mnist").orElseThrow())
                .contains("cifar10-resnet56, digits")
                .doesNotContain("did you mean");
    }

    @Test
    void shouldHaveNoDoubtWhenTheModelOrNoneIsKnown() {
        assertThat(known.doubt("digits")).isEmpty();
        assertThat(new KnownModels(Set.of()).doubt("digit")).isEmpty();
    }
}
