package dev.exitflow.ops.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Processor time that one image takes, microseconds, by whose work it is.
 *
 * @param inference the engine's workers: decoding, preprocessing, the model
 * @param processor everything else that the processor does: stream thread, its clients, their network threads
 * @param broker the embedded broker
 * @param load the sender of images and the reader of predictions, what is left of them when images lie in the broker already
 * @param jvm garbage collection, compilation and other threads of the JVM that are not Java's
 * @param idle time that no thread of this JVM used; on a machine that is not alone, others may have
 */
public record CpuPerRecord(double inference, double processor, double broker, double load, double jvm, double idle) {

    /** The median of each part, over at least one. */
    static CpuPerRecord medians(List<CpuPerRecord> rounds) {
        return new CpuPerRecord(
                median(rounds, CpuPerRecord::inference),
                median(rounds, CpuPerRecord::processor),
                median(rounds, CpuPerRecord::broker),
                median(rounds, CpuPerRecord::load),
                median(rounds, CpuPerRecord::jvm),
                median(rounds, CpuPerRecord::idle));
    }

    /** How many of the machine's cores were busy. */
    double busyCores(int cores) {
        double busy = inference + processor + broker + load + jvm;
        return cores * busy / (busy + idle);
    }

    private static double median(List<CpuPerRecord> rounds, ToDoubleFunction<CpuPerRecord> part) {
        return Spread.of(rounds.stream().map(part::applyAsDouble).toList()).median();
    }
}
