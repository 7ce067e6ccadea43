package dev.exitflow.ops.digits;

import java.awt.geom.Path2D;

/** What the number hangs on: paint, siding, bricks, a plate, stone. Stateless. */
final class Backdrop {

    private enum Kind {
        PAINT,
        GRADIENT,
        SIDING,
        BRICKS,
        PLATE,
        STONE,
        SPLIT
    }

    private static final Kind[] KINDS = Kind.values();

    private Backdrop() {}

    /**
     * Covers the whole picture.
     *
     * @param severity how busy it gets; 0 leaves only what cannot be mistaken for ink
     * @param mask scratch, one value a pixel
     */
    static void paint(Picture picture, Palette palette, double severity, ShapeMask shapes, float[] mask, Dice dice) {
        picture.fill(palette.ground());
        // Patterns are scaled to the contrast: at full severity they are as strong as the ink.
        double strength = palette.contrast() * (0.10 + 0.75 * severity);
        Kind kind = KINDS[dice.below(KINDS.length)];
        switch (kind) {
            case PAINT -> {}
            case GRADIENT -> ramp(picture, strength, dice);
            case SIDING -> siding(picture, strength, dice);
            case BRICKS -> bricks(picture, strength, dice);
            case PLATE -> plate(picture, palette, severity, shapes, mask, dice);
            case STONE -> stone(picture, strength, dice);
            case SPLIT -> split(picture, strength, dice);
        }
        if (kind != Kind.STONE && dice.chance(0.3 + 0.5 * severity)) {
            stone(picture, 0.6 * strength, dice);
        }
    }

    private static void ramp(Picture picture, double strength, Dice dice) {
        double angle = dice.between(0, 2 * Math.PI);
        float across = (float) (strength * StrictMath.cos(angle) / Picture.SIDE);
        float down = (float) (strength * StrictMath.sin(angle) / Picture.SIDE);
        for (int pixel = 0; pixel < Picture.AREA; pixel++) {
            int column = Picture.column(pixel) - Picture.SIDE / 2;
            int row = Picture.row(pixel) - Picture.SIDE / 2;
            picture.shift(pixel, across * column + down * row);
        }
    }

    private static void siding(Picture picture, double strength, Dice dice) {
        double period = dice.between(4, 12);
        double slope = dice.around(0.15);
        boolean upright = dice.chance(0.25);
        double phase = dice.between(0, period);
        for (int pixel = 0; pixel < Picture.AREA; pixel++) {
            int along = upright ? Picture.row(pixel) : Picture.column(pixel);
            int across = upright ? Picture.column(pixel) : Picture.row(pixel);
            double position = (across + slope * along + phase + period) / period;
            double within = position - Math.floor(position);
            picture.shift(pixel, (float) (strength * (within < 0.2 ? -0.7 : 0.35 * within)));
        }
    }

    private static void bricks(Picture picture, double strength, Dice dice) {
        int high = 4 + dice.below(5);
        int wide = 2 * high + dice.below(6);
        int offset = dice.below(64);
        float joint = (float) (dice.chance(0.5) ? 0.7 * strength : -0.7 * strength);
        float[] tones = new float[32];
        for (int tone = 0; tone < tones.length; tone++) {
            tones[tone] = (float) dice.around(0.4 * strength);
        }
        for (int pixel = 0; pixel < Picture.AREA; pixel++) {
            int row = Picture.row(pixel) + offset;
            int course = row / high;
            int column = Picture.column(pixel) + offset + (course % 2) * wide / 2;
            boolean inJoint = row % high == 0 || column % wide == 0;
            picture.shift(pixel, inJoint ? joint : tones[(course * 7 + column / wide) % tones.length]);
        }
    }

    private static void plate(
            Picture picture, Palette palette, double severity, ShapeMask shapes, float[] mask, Dice dice) {
        double margin = dice.between(-4, 2.2);
        double bend = dice.around(0.5 + 2.5 * severity);
        double side = Picture.SIDE - margin;
        Path2D.Float frame = shapes.path();
        frame.moveTo(margin - 6, margin + bend);
        frame.lineTo(side + 6, margin - bend);
        frame.lineTo(side + 6, side - bend);
        frame.lineTo(margin - 6, side + bend);
        frame.closePath();
        shapes.fill(mask);
        for (int pixel = 0; pixel < Picture.AREA; pixel++) {
            picture.mix(pixel, palette.accent(), (1 - mask[pixel]) * 0.9f);
        }
    }

    private static void split(Picture picture, double strength, Dice dice) {
        double angle = dice.between(0, 2 * Math.PI);
        double cos = StrictMath.cos(angle);
        double sin = StrictMath.sin(angle);
        double distance = dice.around(9);
        for (int pixel = 0; pixel < Picture.AREA; pixel++) {
            double beyond = (Picture.column(pixel) - 15.5) * cos + (Picture.row(pixel) - 15.5) * sin - distance;
            double share = Math.min(1, Math.max(0, beyond + 0.5));
            picture.shift(pixel, (float) (strength * (share - 0.5)));
        }
    }

    private static void stone(Picture picture, double strength, Dice dice) {
        int cells = 3 + dice.below(8);
        float[] knots = new float[(cells + 1) * (cells + 1)];
        for (int knot = 0; knot < knots.length; knot++) {
            knots[knot] = (float) dice.around(0.75 * strength);
        }
        float step = (float) cells / Picture.SIDE;
        for (int pixel = 0; pixel < Picture.AREA; pixel++) {
            float x = Picture.column(pixel) * step;
            float y = Picture.row(pixel) * step;
            int left = (int) x;
            int top = (int) y;
            int corner = top * (cells + 1) + left;
            float toRight = x - left;
            float upper = knots[corner] + toRight * (knots[corner + 1] - knots[corner]);
            int below = corner + cells + 1;
            float lower = knots[below] + toRight * (knots[below + 1] - knots[below]);
            picture.shift(pixel, upper + (y - top) * (lower - upper));
        }
    }
}
