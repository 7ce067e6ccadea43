package dev.exitflow.ops.digits;

/** The grain of a sensor that gets little light. Stateless. */
final class PixelNoise {

    private PixelNoise() {}

    /**
     * Adds independent noise to every sample.
     *
     * @param deviation in units of full scale; two thirds of it are the same in all planes, as in grey grain
     * @param specks the share of pixels that are stuck at black or white
     */
    static void sprinkle(Picture picture, double deviation, double specks, Dice dice) {
        float grey = (float) (0.75 * deviation);
        float tinted = (float) (0.66 * deviation);
        float[][] planes = picture.planes();
        for (int pixel = 0; pixel < Picture.AREA; pixel++) {
            picture.shift(pixel, grey * dice.bell());
        }
        for (float[] plane : planes) {
            for (int pixel = 0; pixel < Picture.AREA; pixel++) {
                plane[pixel] += tinted * dice.bell();
            }
        }
        int stuck = (int) Math.round(specks * Picture.AREA);
        for (int speck = 0; speck < stuck; speck++) {
            int pixel = dice.below(Picture.AREA);
            picture.scale(pixel, 0);
            picture.shift(pixel, dice.chance(0.5) ? 1 : 0);
        }
    }
}
