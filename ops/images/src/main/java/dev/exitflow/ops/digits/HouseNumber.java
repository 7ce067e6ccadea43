package dev.exitflow.ops.digits;

import java.awt.geom.Path2D;
import java.util.List;

/**
 * The digit in the middle and those to its left and right, if any, with their distances.
 *
 * @param label the digit in the middle
 * @param left the digit to its left, or {@link #NONE}
 * @param leftShift where the left one's centre is, in ems from the middle
 * @param right the digit to its right, or {@link #NONE}
 * @param rightShift where the right one's centre is, in ems from the middle
 */
record HouseNumber(int label, int left, double leftShift, int right, double rightShift) {

    static final int NONE = -1;

    /** A digit alone for crowding 0; for 1 nearly always one that its neighbours touch. */
    static HouseNumber draw(Typeface typeface, int label, double crowding, Dice dice) {
        double presence = 0.95 * Math.sqrt(crowding);
        double gap = 0.34 - 0.30 * crowding;
        double[] shifts = new double[2];
        int[] digits = new int[2];
        for (int side = 0; side < 2; side++) {
            int digit = dice.below(DigitOutlines.DIGITS);
            double ink = typeface.faces().get(label).width()
                    + typeface.faces().get(digit).width();
            shifts[side] = ink / 2 + gap * dice.between(0.6, 1.2);
            digits[side] = dice.chance(presence) ? digit : NONE;
        }
        return new HouseNumber(label, digits[0], -shifts[0], digits[1], shifts[1]);
    }

    /** Appends the outlines of all its digits, in pixels. */
    void trace(List<Outline> shapes, Warp warp, Path2D.Float into) {
        shapes.get(label).trace(warp, 0, into);
        if (left != NONE) {
            shapes.get(left).trace(warp, leftShift, into);
        }
        if (right != NONE) {
            shapes.get(right).trace(warp, rightShift, into);
        }
    }
}
