package dev.exitflow.ops.bench;

import dev.exitflow.schema.ImageEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Streamed rounds, each with the bare round beside it. Not safe for use by several threads. */
final class StreamedRounds {

    private final List<Double> bare = new ArrayList<>();
    private final List<Round> rounds = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();

    /**
     * One streamed round.
     *
     * @param imagesPerSecond once the broker has all images
     * @param sustained images per second while they are sent as well
     * @param cpu spent on each
     */
    record Round(double imagesPerSecond, double sustained, CpuPerRecord cpu) {}

    /** Adds a round and the bare engine's images per second just before it. */
    void add(double bareImagesPerSecond, Round round) {
        bare.add(bareImagesPerSecond);
        rounds.add(round);
        ratios.add(round.imagesPerSecond() / bareImagesPerSecond);
    }

    Spread imagesPerSecond() {
        return spread(Round::imagesPerSecond);
    }

    /** Median images per second that are answered while they are sent as well. */
    double sustained() {
        return spread(Round::sustained).median();
    }

    /** Median of the rounds' ratios. */
    double overBare() {
        return Spread.of(ratios).median();
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
