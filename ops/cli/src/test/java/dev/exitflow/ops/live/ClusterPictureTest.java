package dev.exitflow.ops.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.live.ClusterLook.Model;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterPictureTest {

    private static final Model DIGITS = new Model(
            "digits",
            201.4,
            List.of(0.5, 0.25, 0.25),
            Arrays.asList(0.204, null, 1.031),
            0.468,
            0.946,
            0.981,
            0.952,
            0.99,
            12.0,
            48.0,
            List.of(3L, 4L));

    private static final Model SILENT =
            new Model("quiet", 0, List.of(), List.of(), null, null, null, null, null, null, null, List.of());

    @Test
    void shouldShowEveryFigureOfEveryModelWhenItIsKnown() {
        List<String> lines = lines(new ClusterLook("now", 132L, List.of("a", "b"), List.of(DIGITS, SILENT), null));

        assertThat(lines)
                .contains(
                        "Exitflow  Kafka at somewhere:9092",
                        "processors 2: a, b",
                        "waiting    132",
                        "model digits",
                        "images/s     201              policies     v3 v4",
                        "FLOPs saved  53.2 %           accuracy     94.6 %",
                        "latency      12 / 48 ms       agreement    98.1 % (95.2 to 99.0, last minute)",
                        "exit 0   ████████████████████░░░░░░░░░░░░░░░░░░░░  50.0 %    20.4 % of the backbone",
                        "exit 1   ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  25.0 %   ",
                        "backbone ██████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  25.0 %   103.1 % of the backbone",
                        "model quiet",
                        "FLOPs saved  –                accuracy     no labels")
                .endsWith("q ends     figures: last 5 seconds", "news");
    }

    @Test
    void shouldSayThatThereIsNothingWhenNobodyAnswers() {
        List<String> lines = lines(new ClusterLook("now", null, List.of(), List.of(), null));

        assertThat(lines).contains("processors none", "waiting    –", "no predictions within the last minute");
        assertThat(ClusterPicture.summary(new ClusterLook("now", null, List.of(), List.of(), null)))
                .containsExactly("no predictions, – waiting, 0 processors");
    }

    @Test
    void shouldNameTheProblemAndClaimNothingOfProcessorsWhenTheBrokersAreSilent() {
        String problem = "no broker answers at somewhere:9092 for 40 s";
        ClusterLook look = new ClusterLook("now", null, List.of(), List.of(DIGITS), problem);

        assertThat(lines(look)).contains("processors –", "waiting    –");
        assertThat(ClusterPicture.summary(look)).singleElement().asString().endsWith(", " + problem);
    }

    @Test
    void shouldPutEachModelInALineWhenNothingCanBeDrawn() {
        assertThat(ClusterPicture.summary(new ClusterLook("now", 7L, List.of("a"), List.of(DIGITS, SILENT), null)))
                .containsExactly(
                        "digits: 201 images/s, policies v3 v4, FLOPs saved 53.2 %,"
                                + " agreement 98.1 % (95.2 to 99.0, last minute), latency 12 / 48 ms, 7 waiting, 1 processor",
                        "quiet: 0 images/s, policies –, FLOPs saved –, agreement no shadow samples, latency –, 7 waiting,"
                                + " 1 processor");
    }

    private static List<String> lines(ClusterLook look) {
        return ClusterPicture.lines(look, "somewhere:9092", "q ends", "news");
    }
}
