package dev.exitflow.ops.digits;

import dev.exitflow.ops.digits.DigitOutlines.Style;
import dev.exitflow.ops.digits.Pen.Treatment;
import java.util.ArrayList;
import java.util.List;

/**
 * All typefaces there are, designed once from fixed dice: the same in every process. Immutable.
 *
 * <p>A design chooses a style, one construction for each digit and a {@link Pen}, so that no two look alike.
 */
final class TypefaceLibrary {

    /** How many typefaces there are. */
    static final int SIZE = 120;

    private static final long DESIGN_SEED = 1877;
    private static final double RIM = 0.07;

    private final List<Typeface> typefaces;

    private TypefaceLibrary(List<Typeface> typefaces) {
        this.typefaces = typefaces;
    }

    static TypefaceLibrary design() {
        DigitOutlines outlines = DigitOutlines.load();
        List<Typeface> typefaces = new ArrayList<>();
        for (int number = 0; number < SIZE; number++) {
            typefaces.add(design(outlines, Dice.of(DESIGN_SEED, number)));
        }
        return new TypefaceLibrary(List.copyOf(typefaces));
    }

    Typeface get(int number) {
        return typefaces.get(number);
    }

    /** A typeface; below difficulty 1 the ornate ones are rarer. */
    Typeface pick(double difficulty, Dice dice) {
        Typeface first = dice.pick(typefaces);
        Typeface second = dice.pick(typefaces);
        return first.ornate() && !dice.chance(difficulty) ? second : first;
    }

    private static Typeface design(DigitOutlines outlines, Dice dice) {
        Style style = pickStyle(dice);
        Treatment treatment = pickTreatment(style, dice);
        Pen pen = pickPen(style, treatment, dice);
        List<Outline> faces = new ArrayList<>();
        List<Outline> rims = new ArrayList<>();
        for (int digit = 0; digit < DigitOutlines.DIGITS; digit++) {
            Skeleton skeleton = dice.pick(outlines.constructions(style, digit));
            faces.add(Outline.of(pen.write(skeleton, 0)));
            rims.add(Outline.of(pen.write(skeleton, RIM)));
        }
        return new Typeface(treatment != Treatment.NONE, faces, rims);
    }

    private static Style pickStyle(Dice dice) {
        double roll = dice.between(0, 1);
        if (roll < 0.62) {
            return Style.ROUND;
        }
        if (roll < 0.76) {
            return Style.HAND;
        }
        return roll < 0.92 ? Style.ANGULAR : Style.SEGMENT;
    }

    private static Treatment pickTreatment(Style style, Dice dice) {
        if (style == Style.SEGMENT) {
            return dice.chance(0.7) ? Treatment.GAPPED : Treatment.NONE;
        }
        if (style == Style.HAND || dice.chance(0.74)) {
            return Treatment.NONE;
        }
        return dice.pick(List.of(Treatment.STENCIL, Treatment.INLINE, Treatment.DOTTED));
    }

    private static Pen pickPen(Style style, Treatment treatment, Dice dice) {
        double width = style == Style.HAND ? dice.between(0.52, 0.72) : dice.between(0.46, 0.78);
        double weight = dice.between(0.09, Math.min(0.23, 0.34 * width));
        double contrast = dice.chance(0.5) ? dice.between(0.82, 1) : dice.between(0.42, 0.8);
        double nib = 0;
        double slant = dice.chance(0.3) ? dice.between(0.08, 0.26) : 0;
        boolean rounded = dice.chance(0.4);
        double slab = dice.chance(0.3) ? dice.between(0.24, 0.4) : 0;
        if (style == Style.HAND) {
            weight = dice.between(0.08, 0.15);
            nib = dice.between(-40, 10);
            slant = dice.between(-0.05, 0.2);
            rounded = dice.chance(0.8);
            slab = 0;
        }
        switch (treatment) {
            case INLINE -> {
                width = dice.between(0.6, 0.8);
                weight = dice.between(0.19, 0.23);
                contrast = 1;
                slab = 0;
            }
            case DOTTED -> {
                width = dice.between(0.6, 0.8);
                weight = dice.between(0.11, 0.15);
                contrast = 1;
                slab = 0;
            }
            case GAPPED -> {
                weight = dice.between(0.1, 0.17);
                contrast = 1;
                rounded = dice.chance(0.3);
            }
            case STENCIL -> weight = Math.max(weight, 0.14);
            case NONE -> {}
        }
        return new Pen(weight, contrast, nib, width, slant, rounded, slab, treatment);
    }
}
