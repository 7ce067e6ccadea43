package dev.exitflow.ops.digits;

import dev.exitflow.core.ExitflowException;

/**
 * How hard the images of a stream are: difficulties with a given mean, below a half mostly easy with a tail of hard
 * ones, as traffic is.
 *
 * @param mean of the difficulty, in [0, 1]; 0 and 1 make every image the same
 */
public record DifficultyMix(double mean) {

    public DifficultyMix {
        if (!(mean >= 0 && mean <= 1)) {
            throw new ExitflowException("mean difficulty is %s, expected [0, 1]", mean);
        }
    }

    /** A power of an even draw: u^k has the mean 1 / (k + 1). */
    double draw(Dice dice) {
        if (mean == 0) {
            return 0;
        }
        return StrictMath.pow(dice.between(0, 1), 1 / mean - 1);
    }
}
