package dev.exitflow.ops.digits;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * Sheets of digits to look at, as PNG files: every typeface, and a mixed page for each of five difficulties.
 *
 * <p>Run {@link #main} with the directory to write to; no test needs it.
 */
final class ContactSheet {

    private static final int ENLARGED = 2;
    private static final int CELL = Picture.SIDE * ENLARGED + 2;

    private final int columns;
    private final BufferedImage sheet;

    private ContactSheet(int columns, int rows) {
        this.columns = columns;
        this.sheet = new BufferedImage(columns * CELL, rows * CELL, BufferedImage.TYPE_INT_RGB);
    }

    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        TypefaceLibrary library = TypefaceLibrary.design();
        int half = TypefaceLibrary.SIZE / 4;
        for (int part = 0; part < 4; part++) {
            ContactSheet sheet = new ContactSheet(20, half / 2);
            DigitScene scene = new DigitScene(library);
            for (int cell = 0; cell < 10 * half; cell++) {
                Typeface typeface = library.get(part * half + cell / 10);
                sheet.put(cell, scene.draw(typeface, cell % 10, 0, Dice.of(7, part * half + cell / 10)));
            }
            sheet.write(directory.resolve("typefaces-" + part + ".png"));
        }
        DigitsGenerator generator = new DigitsGenerator(11);
        for (int quarter = 0; quarter <= 4; quarter++) {
            ContactSheet sheet = new ContactSheet(20, 10);
            for (int cell = 0; cell < 200; cell++) {
                sheet.put(cell, generator.draw(cell, quarter / 4.0).rgb());
            }
            sheet.write(directory.resolve("difficulty-" + 25 * quarter + ".png"));
        }
        ContactSheet hard = new ContactSheet(20, 10);
        for (int cell = 0; cell < 200; cell++) {
            hard.put(cell, generator.draw(cell, 0.7).rgb());
        }
        hard.write(directory.resolve("difficulty-70.png"));
        for (int round = 0; round < 4; round++) {
            long start = System.nanoTime();
            for (int index = 0; index < 4000; index++) {
                generator.drawMixed(index, 0.35);
            }
            double rate = 4000 / ((System.nanoTime() - start) / 1e9);
            System.out.printf("%.0f images per second%n", rate);
        }
    }

    private void put(int cell, byte[] rgb) {
        int left = cell % columns * CELL;
        int top = cell / columns * CELL;
        for (int y = 0; y < Picture.SIDE * ENLARGED; y++) {
            for (int x = 0; x < Picture.SIDE * ENLARGED; x++) {
                int at = 3 * (y / ENLARGED * Picture.SIDE + x / ENLARGED);
                int color = ((rgb[at] & 0xFF) << 16) | ((rgb[at + 1] & 0xFF) << 8) | (rgb[at + 2] & 0xFF);
                sheet.setRGB(left + x, top + y, color);
            }
        }
    }

    private void write(Path file) throws IOException {
        ImageIO.write(sheet, "png", file.toFile());
    }
}
