package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;

/**
 * How much a peers bench measures.
 *
 * @param imagesPerRound that everybody gets in a round, the same ones, at least a batch of 16
 * @param rounds of everybody, at least 1
 * @param warmUpRounds before, at least 1
 */
public record PeersPlan(int imagesPerRound, int rounds, int warmUpRounds) {

    private static final int LEAST_IMAGES = 16;

    /** Checks. */
    public PeersPlan {
        if (imagesPerRound < LEAST_IMAGES || rounds < 1 || warmUpRounds < 1) {
            throw new ExitflowException(
                    "bench of %d rounds of %d images after %d of warm-up, expected at least 1 of %d after 1",
                    rounds, imagesPerRound, warmUpRounds, LEAST_IMAGES);
        }
    }

    /** CIFAR-10's test images once, within three minutes on two cores for ResNet-56. */
    public static PeersPlan quick() {
        return new PeersPlan(2000, 5, 3);
    }

    /** The same images three times. */
    public static PeersPlan full() {
        return new PeersPlan(4000, 15, 5);
    }
}
