package dev.exitflow.ops.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.control.PolicyEntry;
import dev.exitflow.ops.monitor.RecentStats;
import dev.exitflow.schema.ThresholdPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PolicyCardTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final Instant CHANGED = NOON.plusSeconds(20).plusMillis(300);

    private final RecentStats recent = new RecentStats(Duration.ofMinutes(5), () -> NOON.plusSeconds(60));

    @BeforeEach
    void answerTwoASecond() {
        for (int second = 0; second < 60; second++) {
            recent.add(WindowCardTest.window(second, 1, second < 20 ? 1 : 0));
        }
    }

    @Test
    void shouldSayWhatTheModelDidBeforeAndAfterWhenEnoughTimeHasPassed() {
        PolicyCard card = card("tiny", Optional.empty(), CHANGED.plusSeconds(30));

        assertThat(card.model()).isEqualTo("tiny");
        assertThat(card.source()).isNull();
        assertThat(card.version()).isEqualTo(3);
        assertThat(card.before().agreement()).isEqualTo(1);
        assertThat(card.before().perSecond()).isEqualTo(2);
        assertThat(card.before().cost()).isEqualTo(0.4);
        assertThat(card.after().agreement()).isZero();
    }

    @Test
    void shouldNotJudgeYetWhenTheChangeIsYoung() {
        PolicyCard card = card("tiny", Optional.empty(), CHANGED.plusSeconds(10));

        assertThat(card.before()).isNotNull();
        assertThat(card.after()).isNull();
    }

    @Test
    void shouldEndAtTheNextChangeAndNotJudgeWhenThatCameTooSoon() {
        assertThat(card("tiny", Optional.of(CHANGED.plusSeconds(8)), CHANGED.plusSeconds(11))
                        .after())
                .isNotNull();
        assertThat(card("tiny", Optional.of(CHANGED.plusSeconds(2)), CHANGED.plusSeconds(30))
                        .after())
                .isNull();
    }

    @Test
    void shouldSayWhyItWillNeverBeKnownWhenNoEffectCanCome() {
        assertThat(card("tiny", Optional.empty(), CHANGED.plusSeconds(10)).noEffect())
                .isNull();
        assertThat(card("tiny", Optional.empty(), CHANGED.plusSeconds(30)).noEffect())
                .isNull();
        assertThat(card("tiny", Optional.of(CHANGED.plusSeconds(2)), CHANGED.plusSeconds(5))
                        .noEffect())
                .isEqualTo("replaced too soon to tell its effect");
        assertThat(card("idle", Optional.empty(), CHANGED.plusSeconds(30)).noEffect())
                .isNull();
        assertThat(card("idle", Optional.empty(), CHANGED.plusSeconds(60)).noEffect())
                .isEqualTo("no image was answered after it");
        assertThat(card("idle", Optional.empty(), CHANGED.plus(Duration.ofHours(1)))
                        .noEffect())
                .as("statistics of an hour ago are forgotten")
                .isNull();
    }

    @Test
    void shouldNotJudgeWhenThePolicyIsOfOneSource() {
        PolicyCard card = card("tiny/camera-7", Optional.empty(), CHANGED.plusSeconds(30));

        assertThat(card.model()).isEqualTo("tiny");
        assertThat(card.source()).isEqualTo("camera-7");
        assertThat(card.before()).isNull();
        assertThat(card.after()).isNull();
    }

    private PolicyCard card(String key, Optional<Instant> next, Instant now) {
        ThresholdPolicy policy = ThresholdPolicy.newBuilder()
                .setVersion(3)
                .setThresholds(List.of(0.8))
                .setIssuedBy("ana")
                .setReason("rush hour")
                .setIssuedAt(CHANGED)
                .build();
        return PolicyCard.of(
                new PolicyEntry(key, 7, CHANGED, Optional.of(policy), Optional.empty()), next, recent, now);
    }
}
