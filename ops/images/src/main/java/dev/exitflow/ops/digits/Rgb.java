package dev.exitflow.ops.digits;

/**
 * A colour.
 *
 * @param red in [0, 1]
 * @param green in [0, 1]
 * @param blue in [0, 1]
 */
record Rgb(float red, float green, float blue) {

    /** How bright the colour looks, in [0, 1] (the weights of ITU-R BT.601). */
    float luma() {
        return luma(red, green, blue);
    }

    static float luma(float red, float green, float blue) {
        return 0.299f * red + 0.587f * green + 0.114f * blue;
    }

    /** A colour of any hue with this brightness; {@code saturation} 0 is grey, 1 is vivid. */
    static Rgb of(double luma, double saturation, Dice dice) {
        double hue = dice.between(0, 3);
        double mix = hue - Math.floor(hue);
        float[] pure = new float[3];
        pure[(int) hue] = (float) Math.min(1, 2 - 2 * mix);
        pure[((int) hue + 1) % 3] = (float) Math.min(1, 2 * mix);
        float shade = luma(pure[0], pure[1], pure[2]);
        // As vivid as the brightness allows: darker colours are scaled down, lighter ones washed out with white.
        float scale = (float) (luma < shade ? luma / shade : (1 - luma) / (1 - shade));
        float grey = (float) luma;
        float vivid = (float) saturation * scale;
        return new Rgb(
                grey + vivid * (pure[0] - shade), grey + vivid * (pure[1] - shade), grey + vivid * (pure[2] - shade));
    }
}
