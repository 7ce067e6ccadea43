package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;

/**
 * How much a peers bench measures.
 *
 * @param mostImagesPerRound that everybody gets in a round, the same ones, at least a batch of 16
 * @param roundSeconds about how long a round of everybody takes at most; a slower machine gets fewer images
 * @param rounds of everybody, at least 1
 * @param warmUpRounds before, at least 1
 */
public record PeersPlan(int mostImagesPerRound, double roundSeconds, int rounds, int warmUpRounds) {

    /** Checks. */
    public PeersPlan {
        if (mostImagesPerRound < EnginePlan.USUAL_BATCH || !(roundSeconds > 0) || rounds < 1 || warmUpRounds < 1) {
            throw new ExitflowException(
                    "bench of %d rounds of %d images in %s s after %d of warm-up, expected at least 1 of %d in more than 0 s after 1",
                    rounds, mostImagesPerRound, roundSeconds, warmUpRounds, EnginePlan.USUAL_BATCH);
        }
    }

    /** CIFAR-10's test images once where the machine is fast enough, within three minutes on two cores for ResNet-56. */
    public static PeersPlan quick() {
        return new PeersPlan(2000, 20, 5, 2);
    }

    /** The same images three times where a round of everybody takes no more than two minutes. */
    public static PeersPlan full() {
        return new PeersPlan(4000, 120, 15, 5);
    }

    /** How many images everybody gets in a round, in full batches, where one image takes everybody so long together. */
    int imagesPerRound(double secondsPerImage) {
        int batches = (int) (roundSeconds / secondsPerImage / EnginePlan.USUAL_BATCH);
        return Math.min(mostImagesPerRound, EnginePlan.USUAL_BATCH * Math.max(1, batches));
    }
}
