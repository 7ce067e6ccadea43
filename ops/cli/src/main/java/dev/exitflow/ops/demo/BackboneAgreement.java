package dev.exitflow.ops.demo;

import dev.exitflow.core.ExitflowException;
import java.util.function.IntUnaryOperator;

/** Compares a stream's answers with what the bare backbone answers to the same images. */
final class BackboneAgreement {

    /** Batches of other sizes sum in another order, so an image on the brink between two classes may fall to either side. */
    private static final double TOLERATED_SHARE = 0.01;

    private static final int TOLERATED_IMAGES = 2;

    private BackboneAgreement() {}

    /**
     * The share of answers that are the backbone's own.
     *
     * @param backbone its answer to an image
     * @throws ExitflowException if images that ran through the whole backbone were answered otherwise than by the backbone
     */
    static double of(PredictionTally tally, int images, IntUnaryOperator backbone) {
        int answered = 0;
        int agreeing = 0;
        int ranThrough = 0;
        int contradicting = 0;
        for (int index = 0; index < images; index++) {
            int answer = tally.answer(index);
            if (answer < 0) {
                continue;
            }
            boolean agrees = answer == backbone.applyAsInt(index);
            answered++;
            agreeing += agrees ? 1 : 0;
            ranThrough += tally.ranThrough(index) ? 1 : 0;
            contradicting += tally.ranThrough(index) && !agrees ? 1 : 0;
        }
        if (contradicting > Math.max(TOLERATED_IMAGES, TOLERATED_SHARE * ranThrough)) {
            throw new ExitflowException(
                    "%d of %d images that ran through the whole backbone were answered otherwise than the backbone answers them alone,"
                            + " expected none: PyTorch does not compute the same twice on this machine; look with 'exitflow bundle verify'",
                    contradicting, ranThrough);
        }
        return answered == 0 ? 0 : (double) agreeing / answered;
    }
}
