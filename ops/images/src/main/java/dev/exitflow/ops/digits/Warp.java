package dev.exitflow.ops.digits;

/**
 * How a point on the drawing board, in ems from the digit's centre, lands on the picture, in pixels: scale, rotation,
 * shear, perspective and a waviness of the surface.
 */
final class Warp {

    private final double[] linear;
    private final double centreColumn;
    private final double centreRow;
    private final double tiltX;
    private final double tiltY;
    private final double waveAmplitude;
    private final double waveFrequency;
    private final double wavePhase;

    private Warp(double[] linear, double[] centre, double[] tilt, double[] wave) {
        this.linear = linear;
        this.centreColumn = centre[0];
        this.centreRow = centre[1];
        this.tiltX = tilt[0];
        this.tiltY = tilt[1];
        this.waveAmplitude = wave[0];
        this.waveFrequency = wave[1];
        this.wavePhase = wave[2];
    }

    /**
     * A viewpoint: straight on for severity 0, steep and crooked for 1.
     *
     * @param inkWidth the width of the digit in ems; it stays within the picture
     */
    static Warp draw(double severity, double inkWidth, Dice dice) {
        double heightPixels = dice.between(23, 27.5) + severity * dice.between(-11, 2);
        double stretch = 1 + dice.around(0.06 + 0.22 * severity);
        double widthPixels = Math.min(heightPixels * stretch, (Picture.SIDE - 4) / inkWidth);
        double turn = dice.around(0.02 + 0.56 * severity);
        double shear = dice.around(0.03 + 0.36 * severity);
        double cos = StrictMath.cos(turn);
        double sin = StrictMath.sin(turn);
        double[] linear = {
            widthPixels * cos,
            heightPixels * (-sin + shear * cos),
            widthPixels * sin,
            heightPixels * (cos + shear * sin)
        };
        // Never so far that a neighbour comes as near to the middle as the digit itself.
        double reach = Math.min(0.6 + 3.4 * severity, 0.6 + 0.3 * widthPixels * inkWidth);
        double middle = Picture.SIDE / 2.0;
        double[] centre = {middle + dice.around(reach), middle + dice.around(reach)};
        double[] tilt = {dice.around(0.55 * severity), dice.around(0.40 * severity)};
        double[] wave = {severity * dice.between(0, 0.05), dice.between(3, 9), dice.between(0, 2 * Math.PI)};
        return new Warp(linear, centre, tilt, wave);
    }

    /** Straight on, in the middle of the picture, {@code emPixels} to the em. */
    static Warp straight(double emPixels) {
        double middle = Picture.SIDE / 2.0;
        double[] still = {0, 0, 0};
        return new Warp(new double[] {emPixels, 0, 0, emPixels}, new double[] {middle, middle}, still, still);
    }

    /** How far away the point is; 1 at the digit's centre. */
    double depth(double x, double y) {
        return Math.max(0.4, 1 + tiltX * x + tiltY * y);
    }

    double column(double x, double y, double depth) {
        double bent = waveAmplitude == 0 ? x : x + waveAmplitude * StrictMath.sin(waveFrequency * y + wavePhase);
        return centreColumn + (linear[0] * bent + linear[1] * y) / depth;
    }

    double row(double x, double y, double depth) {
        return centreRow + (linear[2] * x + linear[3] * y) / depth;
    }
}
