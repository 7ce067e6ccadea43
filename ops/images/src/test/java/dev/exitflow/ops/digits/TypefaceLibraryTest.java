package dev.exitflow.ops.digits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TypefaceLibraryTest {

    private static final TypefaceLibrary TYPEFACES = TypefaceLibrary.design();

    @Test
    void shouldKnowEveryDigitWhenAStyleIsChosen() {
        DigitOutlines outlines = DigitOutlines.load();

        for (DigitOutlines.Style style : DigitOutlines.Style.values()) {
            for (int digit = 0; digit < DigitOutlines.DIGITS; digit++) {
                assertThat(outlines.constructions(style, digit))
                        .as("%s %d", style, digit)
                        .isNotEmpty();
            }
        }
    }

    @Test
    void shouldDrawEveryGlyphDifferentlyWhenTypefacesDiffer() {
        Set<List<Float>> seen = new HashSet<>();

        for (int number = 0; number < TypefaceLibrary.SIZE; number++) {
            for (int digit = 0; digit < DigitOutlines.DIGITS; digit++) {
                assertThat(seen.add(coverage(TYPEFACES.get(number).faces().get(digit))))
                        .as("digit %d of typeface %d is drawn like no other", digit, number)
                        .isTrue();
            }
        }
    }

    @Test
    void shouldStandOneEmHighAndCentredWhenDesigned() {
        for (int number = 0; number < TypefaceLibrary.SIZE; number++) {
            for (int digit = 0; digit < DigitOutlines.DIGITS; digit++) {
                Rectangle2D box = bounds(TYPEFACES.get(number).faces().get(digit));

                assertThat(box.getHeight())
                        .as("height of digit %d of typeface %d", digit, number)
                        .isBetween(0.75 * 24, 1.4 * 24);
                assertThat(box.getWidth())
                        .as("width of digit %d of typeface %d", digit, number)
                        .isBetween(0.06 * 24, 1.2 * 24);
                assertThat(Math.abs(box.getCenterX() - 16)).isLessThan(0.01);
                assertThat(Math.abs(box.getCenterY() - 16)).isLessThan(0.01);
            }
        }
    }

    @Test
    void shouldBeTheSameWhenDesignedAgain() {
        TypefaceLibrary again = TypefaceLibrary.design();

        for (int number = 0; number < TypefaceLibrary.SIZE; number++) {
            assertThat(coverage(again.get(number).faces().get(8)))
                    .isEqualTo(coverage(TYPEFACES.get(number).faces().get(8)));
        }
    }

    @Test
    void shouldRefuseWhenAPathCommandIsUnknown() {
        assertThatThrownBy(() -> Skeleton.parse("M 0 0 X 1 1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'X'");
    }

    private static List<Float> coverage(Outline outline) {
        ShapeMask shapes = new ShapeMask();
        outline.trace(Warp.straight(24), 0, shapes.path());
        float[] mask = new float[Picture.AREA];
        shapes.fill(mask);
        return IntStream.range(0, mask.length).mapToObj(pixel -> mask[pixel]).toList();
    }

    private static Rectangle2D bounds(Outline outline) {
        Path2D.Float path = new Path2D.Float();
        outline.trace(Warp.straight(24), 0, path);
        return path.getBounds2D();
    }
}
