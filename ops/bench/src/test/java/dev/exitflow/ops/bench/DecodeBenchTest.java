package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecodeBenchTest {

    @Test
    void shouldMeasureEveryFormatAndSize() {
        List<Integer> heard = new ArrayList<>();

        DecodeFigures figures = new DecodeBench(1, 1).run(heard::add);

        assertThat(heard).containsExactly(1, 2, 3, 4);
        assertThat(figures.cells())
                .extracting(cell -> cell.format() + " " + cell.width() + "x" + cell.height())
                .containsExactly("jpeg 640x480", "png 640x480", "jpeg 1920x1080", "png 1920x1080");
        assertThat(figures.cells()).allSatisfy(cell -> {
            assertThat(cell.decoded().median()).isPositive();
            assertThat(cell.fitted().median()).isPositive();
            assertThat(cell.pillow() == null).isEqualTo(figures.pillow() == null);
        });
    }
}
