package dev.exitflow.ops.digits;

import java.awt.geom.Path2D;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines a pen follows to write a digit, in a box {@value #WIDTH} wide and {@value #HEIGHT} high with y downwards.
 *
 * @param path open and closed lines; treat as read-only
 * @param freeEnds where a slab may sit
 */
record Skeleton(Path2D.Double path, List<FreeEnd> freeEnds) {

    static final double WIDTH = 60;
    static final double HEIGHT = 100;

    /**
     * An end of a line that touches nothing.
     *
     * @param x from the left of the box
     * @param y from the top of the box
     * @param slabDegrees the direction in which half a slab may grow there, 0 to the right, 90 downwards
     */
    record FreeEnd(double x, double y, double slabDegrees) {}

    Skeleton {
        freeEnds = List.copyOf(freeEnds);
    }

    /**
     * Reads the commands M, L, Q, C, Z and S as the head of {@code digit-skeletons.txt} explains them.
     *
     * @throws IllegalArgumentException for another command
     */
    static Skeleton parse(String commands) {
        Path2D.Double path = new Path2D.Double(Path2D.WIND_NON_ZERO);
        List<FreeEnd> freeEnds = new ArrayList<>();
        Words words = new Words(commands.strip().split("\\s+"));
        while (words.hasNext()) {
            String command = words.next();
            switch (command) {
                case "M" -> path.moveTo(words.number(), words.number());
                case "L" -> path.lineTo(words.number(), words.number());
                case "Q" -> path.quadTo(words.number(), words.number(), words.number(), words.number());
                case "C" ->
                    path.curveTo(
                            words.number(),
                            words.number(),
                            words.number(),
                            words.number(),
                            words.number(),
                            words.number());
                case "Z" -> path.closePath();
                case "S" -> freeEnds.add(new FreeEnd(words.number(), words.number(), words.number()));
                default -> throw new IllegalArgumentException("unknown path command '" + command + "' in " + commands);
            }
        }
        return new Skeleton(path, freeEnds);
    }

    private static final class Words {

        private final String[] words;
        private int position;

        Words(String[] words) {
            this.words = words;
        }

        boolean hasNext() {
            return position < words.length;
        }

        String next() {
            return words[position++];
        }

        double number() {
            return Double.parseDouble(next());
        }
    }
}
