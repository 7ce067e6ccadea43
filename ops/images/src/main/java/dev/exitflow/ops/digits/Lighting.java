package dev.exitflow.ops.digits;

/** Lamps, sun and shadows on a finished scene. Stateless. */
final class Lighting {

    private static final double MIDDLE = (Picture.SIDE - 1) / 2.0;

    private Lighting() {}

    /** Nothing at severity 0; at 1 half of the picture may lie in deep shadow or in glare. */
    static void shine(Picture picture, double severity, Dice dice) {
        gradient(picture, 0.6 * severity, dice);
        if (dice.chance(0.5 * severity)) {
            castShadow(picture, 0.55 * severity, dice);
        }
        if (dice.chance(0.45 * severity)) {
            glare(picture, severity, dice);
        }
    }

    private static void gradient(Picture picture, double strength, Dice dice) {
        double angle = dice.between(0, 2 * Math.PI);
        double across = strength * StrictMath.cos(angle) / Picture.SIDE;
        double down = strength * StrictMath.sin(angle) / Picture.SIDE;
        for (int pixel = 0; pixel < Picture.AREA; pixel++) {
            double light = across * (Picture.column(pixel) - MIDDLE) + down * (Picture.row(pixel) - MIDDLE);
            picture.scale(pixel, (float) (1 + light));
        }
    }

    private static void castShadow(Picture picture, double strength, Dice dice) {
        double angle = dice.between(0, 2 * Math.PI);
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        double distance = dice.around(8);
        double softness = dice.between(0.7, 4);
        for (int pixel = 0; pixel < Picture.AREA; pixel++) {
            double beyond = (Picture.column(pixel) - MIDDLE) * cos + (Picture.row(pixel) - MIDDLE) * sin - distance;
            double share = Math.min(1, Math.max(0, beyond / softness + 0.5));
            picture.scale(pixel, (float) (1 - strength * share));
        }
    }

    private static void glare(Picture picture, double severity, Dice dice) {
        double column = dice.between(0, Picture.SIDE);
        double row = dice.between(0, Picture.SIDE);
        double radius = dice.between(4, 11);
        double strength = severity * dice.between(0.2, 0.5);
        for (int pixel = 0; pixel < Picture.AREA; pixel++) {
            double x = (Picture.column(pixel) - column) / radius;
            double y = (Picture.row(pixel) - row) / radius;
            double far = x * x + y * y;
            if (far < 1) {
                picture.shift(pixel, (float) (strength * (1 - far) * (1 - far)));
            }
        }
    }
}
