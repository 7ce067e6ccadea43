package dev.exitflow.ops.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class DashboardSettingsTest {

    @Test
    void shouldRefuseATokenThatCanBeGuessedOrTyped() {
        assertThatThrownBy(() -> settings(0, "short", OptionalDouble.empty()))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("token of 5 characters, expected 16 or more")
                .hasMessageNotContaining("short");
        assertThatThrownBy(() -> settings(0, "with blanks in between", OptionalDouble.empty()))
                .isInstanceOf(ExitflowException.class);
    }

    @Test
    void shouldRefuseAPortOrAFloorOutOfRange() {
        String token = DashboardSettings.newToken();

        assertThatThrownBy(() -> settings(65_536, token, OptionalDouble.empty()))
                .hasMessageContaining("port 65536");
        assertThatThrownBy(() -> settings(0, token, OptionalDouble.of(Double.NaN)))
                .hasMessageContaining("agreement floor NaN");
    }

    @Test
    void shouldMakeAnotherTokenEachTimeAndKeepItOutOfLogs() {
        String token = DashboardSettings.newToken();

        assertThat(token).hasSize(32).isNotEqualTo(DashboardSettings.newToken());
        assertThat(settings(0, token, OptionalDouble.empty()).toString()).doesNotContain(token);
    }

    private static DashboardSettings settings(int port, String token, OptionalDouble floor) {
        return new DashboardSettings(DashboardSettings.DEFAULT_HOST, port, token, List.of(), floor);
    }
}
