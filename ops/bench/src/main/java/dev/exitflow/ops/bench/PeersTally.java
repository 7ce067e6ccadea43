package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.schema.Prediction;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Collects a peers bench's rounds, and sums them up. Not safe for use by several threads. */
final class PeersTally {

    private final Map<Contestant, Lane> lanes = new EnumMap<>(Contestant.class);

    /** Who is compared. */
    enum Contestant {
        EXITFLOW("exitflow with exits"),
        EXITFLOW_FULL("exitflow, full backbone"),
        USUAL("usual processor"),
        ONNX("ONNX Runtime loop"),
        ONNX_PER_CORE("ONNX Runtime loop per core");

        private final String spoken;

        Contestant(String spoken) {
            this.spoken = spoken;
        }
    }

    /** What one of them did so far. */
    private static final class Lane {
        private final List<Double> rates = new ArrayList<>();
        private long answers;
        private long correct;
        private double flops;
        private double backboneFlops;
    }

    /** Adds a round of one of them; every round must add all. */
    void add(Contestant contestant, double imagesPerSecond, List<Prediction> answers) {
        Lane lane = lanes.computeIfAbsent(contestant, key -> new Lane());
        lane.rates.add(imagesPerSecond);
        for (Prediction answer : answers) {
            String truth = answer.getTrueLabel()
                    .orElseThrow(() -> new ExitflowException("image %s has no label, expected one", answer.getId()));
            lane.answers++;
            lane.correct += truth.equals(answer.getLabel()) ? 1 : 0;
            lane.flops += answer.getFlops();
            lane.backboneFlops += answer.getFullFlops();
        }
    }

    /** Median of the rounds' ratios. */
    double exitflowOver(Contestant other) {
        return ratios(other).median();
    }

    /** Percentage points that the exits cost, against the same backbone in the usual processor. */
    double accuracyLoss() {
        return 100 * (accuracy(Contestant.USUAL) - accuracy(Contestant.EXITFLOW));
    }

    List<PeersFigures.Lane> lanes() {
        return lanes.keySet().stream().map(this::figures).toList();
    }

    private PeersFigures.Lane figures(Contestant contestant) {
        Lane lane = lanes.get(contestant);
        return new PeersFigures.Lane(
                contestant.spoken,
                Spread.of(lane.rates),
                ratios(contestant),
                accuracy(contestant),
                lane.flops / lane.backboneFlops);
    }

    private double accuracy(Contestant contestant) {
        Lane lane = lanes.get(contestant);
        return (double) lane.correct / lane.answers;
    }

    private Spread ratios(Contestant other) {
        List<Double> ours = lanes.get(Contestant.EXITFLOW).rates;
        List<Double> theirs = lanes.get(other).rates;
        return Spread.of(IntStream.range(0, ours.size())
                .mapToObj(round -> ours.get(round) / theirs.get(round))
                .toList());
    }
}
