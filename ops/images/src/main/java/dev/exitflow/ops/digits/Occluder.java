package dev.exitflow.ops.digits;

import java.awt.geom.Path2D;

/** Things that hang in front of the number: cables, twigs, leaves, dirt. Stateless. */
final class Occluder {

    private Occluder() {}

    /** Nothing at severity 0; at 1 up to two things, each hiding up to a sixth of the digit. */
    static void cover(Picture picture, Palette palette, double severity, ShapeMask shapes, float[] mask, Dice dice) {
        for (int thing = 0; thing < 2; thing++) {
            boolean strip = dice.chance(0.6);
            Dice own = dice.split();
            if (!dice.chance(0.75 * severity)) {
                continue;
            }
            if (strip) {
                strip(shapes.path(), severity, own);
            } else {
                blob(shapes.path(), severity, own);
            }
            shapes.fill(mask);
            // Half of all things have the colour of the ink or ground, which is what confuses.
            Rgb color = own.chance(0.5) ? palette.accent() : own.chance(0.5) ? palette.ink() : palette.ground();
            picture.blend(mask, color, own.between(0.6, 1));
        }
    }

    private static void strip(Path2D.Float path, double severity, Dice dice) {
        double angle = dice.between(0, Math.PI);
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        double half = 0.5 * (1 + severity * dice.between(0, 2.6));
        double column = Picture.SIDE / 2.0 + dice.around(10);
        double row = Picture.SIDE / 2.0 + dice.around(10);
        path.moveTo(column - 40 * cos - half * sin, row - 40 * sin + half * cos);
        path.lineTo(column + 40 * cos - half * sin, row + 40 * sin + half * cos);
        path.lineTo(column + 40 * cos + half * sin, row + 40 * sin - half * cos);
        path.lineTo(column - 40 * cos + half * sin, row - 40 * sin - half * cos);
        path.closePath();
    }

    private static void blob(Path2D.Float path, double severity, Dice dice) {
        double angle = dice.between(0, 2 * Math.PI);
        double away = dice.between(7, 15);
        double column = Picture.SIDE / 2.0 + away * StrictMath.cos(angle);
        double row = Picture.SIDE / 2.0 + away * StrictMath.sin(angle);
        double radius = 2 + severity * dice.between(0, 4);
        int corners = 7;
        for (int corner = 0; corner < corners; corner++) {
            double turn = 2 * Math.PI * corner / corners;
            double reach = radius * dice.between(0.7, 1.3);
            double x = column + reach * StrictMath.cos(turn);
            double y = row + reach * StrictMath.sin(turn);
            if (corner == 0) {
                path.moveTo(x, y);
            } else {
                path.lineTo(x, y);
            }
        }
        path.closePath();
    }
}
