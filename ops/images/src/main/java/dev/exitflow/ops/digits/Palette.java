package dev.exitflow.ops.digits;

/**
 * The colours of one picture.
 *
 * @param ink the digits
 * @param ground what they stand on
 * @param rim the outline of the digits, where they have one
 * @param accent plate borders and other things that are neither
 * @param contrast the difference in brightness of ink and ground, in (0, 1)
 */
record Palette(Rgb ink, Rgb ground, Rgb rim, Rgb accent, double contrast) {

    /** Colours that stand well apart for severity 0 and barely for 1. */
    static Palette draw(double severity, Dice dice) {
        double clear = dice.between(0.45, 0.85);
        double faint = dice.between(0.08, 0.16);
        double contrast = clear + (faint - clear) * StrictMath.pow(severity, 0.8);
        double middle = dice.between(0.03 + contrast / 2, 0.97 - contrast / 2);
        double sign = dice.chance(0.5) ? 0.5 : -0.5;
        double inkLuma = middle + sign * contrast;
        double groundLuma = middle - sign * contrast;
        // Near the ground or beyond it, as seen from the ink: a rim in the ink's own colour would close the counters.
        double rimLuma = Math.min(0.98, Math.max(0.02, inkLuma - sign * contrast * dice.between(1.4, 3)));
        double vividInk = dice.chance(0.5) ? dice.between(0, 0.2) : dice.between(0.2, 0.9);
        double vividGround = dice.chance(0.55) ? dice.between(0, 0.25) : dice.between(0.25, 0.8);
        // Where brightness hardly differs, a difference in hue alone would give the digit away.
        double mute = 1 - 0.75 * severity;
        return new Palette(
                Rgb.of(inkLuma, vividInk * mute, dice),
                Rgb.of(groundLuma, vividGround * mute, dice),
                Rgb.of(rimLuma, vividGround * mute, dice),
                Rgb.of(dice.between(0.1, 0.9), 0.6 * dice.between(0, 1), dice),
                contrast);
    }
}
