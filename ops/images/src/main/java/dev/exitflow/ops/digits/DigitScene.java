package dev.exitflow.ops.digits;

import java.util.Arrays;

/**
 * A studio that makes one picture after another: a number on a wall, seen through a camera.
 *
 * <p>Owns every buffer a picture needs, so that a picture costs no large allocation; one studio a thread.
 */
final class DigitScene {

    private final TypefaceLibrary typefaces;
    private final Picture picture = new Picture();
    private final ShapeMask shapes = new ShapeMask();
    private final PixelBlur blur = new PixelBlur();
    private final JpegLoss jpeg = new JpegLoss();
    private final float[] mask = new float[Picture.AREA];
    private final float[] shifted = new float[Picture.AREA];

    DigitScene(TypefaceLibrary typefaces) {
        this.typefaces = typefaces;
    }

    /** A picture of {@code label} in a typeface that fits the difficulty. */
    byte[] draw(int label, double difficulty, Dice dice) {
        Dice faceDice = dice.split();
        return draw(typefaces.pick(difficulty, faceDice), label, difficulty, dice);
    }

    /** A picture of {@code label}: (32, 32, 3), red first. */
    byte[] draw(Typeface typeface, int label, double difficulty, Dice dice) {
        Severity severity = Severity.draw(difficulty, dice.split());
        Palette palette = Palette.draw(severity.faintness(), dice.split());
        Backdrop.paint(picture, palette, severity.texture(), shapes, mask, dice.split());
        Warp warp = Warp.draw(severity.skew(), typeface.faces().get(label).width(), dice.split());
        number(typeface, label, warp, palette, severity, dice.split());
        Occluder.cover(picture, palette, severity.cover(), shapes, mask, dice.split());
        Lighting.shine(picture, severity.shade(), dice.split());
        picture.clip();
        photograph(severity, dice.split());
        return picture.toBytes();
    }

    private void number(Typeface typeface, int label, Warp warp, Palette palette, Severity severity, Dice dice) {
        HouseNumber number = HouseNumber.draw(typeface, label, severity.crowding(), dice.split());
        Dice decor = dice.split();
        boolean shadow = decor.chance(0.25);
        boolean rim = decor.chance(0.12);
        double wear = severity.cover() * decor.between(-0.6, 0.5);
        if (shadow) {
            number.trace(typeface.faces(), warp, shapes.path());
            shapes.fill(mask);
            shift(decor.below(3) - 1, 1 + decor.below(2));
            Rgb dark = new Rgb(0.05f, 0.05f, 0.06f);
            picture.blend(shifted, dark, decor.between(0.25, 0.6) * Math.min(1, 1.5 * palette.contrast()));
        }
        if (rim) {
            number.trace(typeface.rims(), warp, shapes.path());
            shapes.fill(mask);
            picture.blend(mask, palette.rim(), 0.9);
        }
        number.trace(typeface.faces(), warp, shapes.path());
        shapes.fill(mask);
        if (wear > 0) {
            wear(wear, decor);
        }
        picture.blend(mask, palette.ink(), 1);
    }

    /** Copies the mask, moved by whole pixels. */
    private void shift(int columns, int rows) {
        Arrays.fill(shifted, 0);
        for (int row = Math.max(0, rows); row < Picture.SIDE; row++) {
            for (int column = Math.max(0, columns); column < Picture.SIDE + Math.min(0, columns); column++) {
                shifted[row * Picture.SIDE + column] = mask[(row - rows) * Picture.SIDE + column - columns];
            }
        }
    }

    /** Paint that has flaked off: holes of a few pixels. */
    private void wear(double share, Dice dice) {
        int holes = (int) (share * 60);
        for (int hole = 0; hole < holes; hole++) {
            int column = dice.below(Picture.SIDE - 1);
            int row = dice.below(Picture.SIDE - 1);
            int pixel = row * Picture.SIDE + column;
            mask[pixel] *= 0.15f;
            mask[pixel + 1] *= 0.3f;
            mask[pixel + Picture.SIDE] *= 0.3f;
        }
    }

    private void photograph(Severity severity, Dice dice) {
        double soft = severity.blur();
        int way = dice.below(3);
        blur.defocus(picture, 0.25 + soft * (way == 0 ? 1.7 : 0.6));
        blur.shake(picture, way == 1 ? 7 * soft : 0, dice.chance(0.6));
        blur.coarsen(picture, way == 2 ? (int) Math.round(Picture.SIDE - 21.5 * soft) : Picture.SIDE);
        double grain = 0.008 + 0.10 * severity.noise() * severity.noise();
        double specks = dice.chance(0.12) ? 0.02 * severity.noise() : 0;
        PixelNoise.sprinkle(picture, grain, specks, dice);
        picture.clip();
        if (severity.compression() > 0.1 && dice.chance(0.7)) {
            jpeg.compress(picture, 0.02 + 0.20 * severity.compression());
        }
    }
}
