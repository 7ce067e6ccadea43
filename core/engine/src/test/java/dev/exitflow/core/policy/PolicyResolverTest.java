package dev.exitflow.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyResolverTest {

    private final PolicyResolver resolver = new PolicyResolver("digits", 3, ExitPolicy.uniform(0, 1));

    @Test
    void shouldPreferTheSourcesPolicyToTheModelsToTheDefault() {
        assertThat(resolver.policyFor("camera-7").version()).isZero();

        resolver.put("digits", ExitPolicy.uniform(1, 0.5));
        resolver.put("digits/camera-7", ExitPolicy.uniform(2, 0.9));

        assertThat(resolver.policyFor("camera-7").version()).isEqualTo(2);
        assertThat(resolver.policyFor("camera-8").version()).isEqualTo(1);
    }

    @Test
    void shouldFallBackWhenAPolicyIsRemoved() {
        resolver.put("digits", ExitPolicy.uniform(1, 0.5));
        resolver.put("digits/camera-7", ExitPolicy.uniform(2, 0.9));

        resolver.remove("digits/camera-7");
        assertThat(resolver.policyFor("camera-7").version()).isEqualTo(1);

        resolver.remove("digits");
        assertThat(resolver.policyFor("camera-7").version()).isZero();
    }

    @Test
    void shouldKeepTheLastGoodPolicyWhenOneDoesNotFit() {
        resolver.put("digits", ExitPolicy.uniform(1, 0.5));

        assertThatThrownBy(() -> resolver.put("digits", new ExitPolicy(2, List.of(0.1, 0.2), 0)))
                .isInstanceOf(InvalidPolicyException.class);
        assertThatThrownBy(() -> resolver.put("digits2", ExitPolicy.uniform(3, 0.1)))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessageContaining("expected digits or digits/SOURCE");

        assertThat(resolver.policyFor("any").version()).isEqualTo(1);
    }
}
