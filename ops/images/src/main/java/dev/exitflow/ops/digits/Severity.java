package dev.exitflow.ops.digits;

/**
 * How much of each hardship one picture suffers; each in [0, 1], and all 0 at difficulty 0.
 *
 * @param faintness of the ink against its ground
 * @param texture of the ground
 * @param skew of the view: turn, shear, perspective, scale, position
 * @param crowding by the digits next to it
 * @param shade from lamps, sun and shadows
 * @param cover by things in front
 * @param blur from focus, motion and low resolution
 * @param noise of the sensor
 * @param compression loss
 */
record Severity(
        double faintness,
        double texture,
        double skew,
        double crowding,
        double shade,
        double cover,
        double blur,
        double noise,
        double compression) {

    private static final int HARDSHIPS = 9;
    private static final double MEAN_SHARE = 0.55;

    /**
     * Hardships differ from picture to picture, so that the same difficulty has many faces, but their sum does not, so
     * that no picture suffers all of them to the full.
     */
    static Severity draw(double difficulty, Dice dice) {
        double[] shares = new double[HARDSHIPS];
        double sum = 0;
        for (int hardship = 0; hardship < HARDSHIPS; hardship++) {
            shares[hardship] = dice.between(0.1, 1);
            sum += shares[hardship];
        }
        for (int hardship = 0; hardship < HARDSHIPS; hardship++) {
            shares[hardship] = difficulty * Math.min(1, shares[hardship] * HARDSHIPS * MEAN_SHARE / sum);
        }
        return new Severity(
                shares[0], shares[1], shares[2], shares[3], shares[4], shares[5], shares[6], shares[7], shares[8]);
    }
}
