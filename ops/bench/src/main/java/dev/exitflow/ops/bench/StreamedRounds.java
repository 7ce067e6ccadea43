package dev.exitflow.ops.bench;

import dev.exitflow.schema.ImageEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Streamed rounds, each with the bare ones before and after it. Not safe for use by several threads. */
final class StreamedRounds {

    private final List<Double> bare = new ArrayList<>();
    private final List<Round> rounds = new ArrayList<>();

    /**
     * One streamed round.
     *
     * @param imagesPerSecond once the broker has all images
     * @param sustained images per second while they are sent as well
     * @param cpu spent on each
     */
    record Round(double imagesPerSecond, double sustained, CpuPerRecord cpu) {}

    /** Adds the bare engine's images per second, before the first round and after each. */
    void addBare(double imagesPerSecond) {
        bare.add(imagesPerSecond);
    }

    /** Adds a streamed round. */
    void add(Round round) {
        rounds.add(round);
    }

    Spread imagesPerSecond() {
        return spread(Round::imagesPerSecond);
    }

    /** Median images per second that are answered while they are sent as well. */
    double sustained() {
        return spread(Round::sustained).median();
    }

    /** Median of the rounds' ratios, each to the mean of the bare rounds on both sides, so that a machine that changes its speed steadily makes no difference. */
    double overBare() {
        return Spread.of(IntStream.range(0, rounds.size())
                        .mapToObj(round ->
                                2 * rounds.get(round).imagesPerSecond() / (bare.get(round) + bare.get(round + 1)))
                        .toList())
                .median();
    }

    /** Medians of each part. */
    CpuPerRecord cpu() {
        return CpuPerRecord.medians(rounds.stream().map(Round::cpu).toList());
    }

    PipelineFigures.Input input(ImageEncoding encoding) {
        return new PipelineFigures.Input(encoding.name(), imagesPerSecond(), overBare());
    }

    /** Of the bare rounds beside both kinds of streamed ones. */
    static Spread bareImagesPerSecond(StreamedRounds one, StreamedRounds other) {
        return Spread.of(Stream.concat(one.bare.stream(), other.bare.stream()).toList());
    }

    private Spread spread(ToDoubleFunction<Round> value) {
        return Spread.of(rounds.stream().map(value::applyAsDouble).toList());
    }
}
