package dev.exitflow.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.TestBundles;
import dev.exitflow.core.image.Fitting;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageSetTest {

    /** For 8×8 images of red, green, blue and grey. */
    private final Manifest model = BundleLoader.load(Path.of("../engine/src/test/resources/tiny-trained"))
            .manifest();

    @Test
    void shouldNumberClassesAsTheModelDoesWhenTheirOrderIsAnother() {
        ImageSet sorted = images(8, List.of("blue", "green", "grey", "red"));

        ImageSet renumbered = sorted.forModel(model);

        assertThat(renumbered.labels()).containsExactly("red", "green", "blue", "grey");
        assertThat(renumbered.target(0)).isEqualTo(2);
        assertThat(renumbered.target(3)).isZero();
        assertThat(renumbered.image(3)).isEqualTo(sorted.image(3));
    }

    @Test
    void shouldRefuseWhenClassesOrSizeAreNotTheModels() {
        assertThatThrownBy(() ->
                        images(8, List.of("blue", "green", "grey", "pink")).forModel(model))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("classes [blue, green, grey, pink], model tiny knows [red, green, blue, grey]");
        assertThatThrownBy(() -> images(9, model.labels()).forModel(model))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("images of 9x9, model tiny takes 8x8");
    }

    @Test
    void shouldResizeImagesWhenTheBundleSaysHow(@TempDir Path bundle) {
        Manifest resizing = BundleLoader.load(TestBundles.resizing(bundle, 10)).manifest();
        ImageSet large = images(20, model.labels());

        ImageSet fitted = large.forModel(resizing);

        assertThat(fitted.width()).isEqualTo(8);
        assertThat(fitted.image(3)).isEqualTo(new Fitting(resizing.input()).fit(large.image(3), 20, 20));
        assertThat(fitted.target(3)).isEqualTo(3);
        assertThat(images(8, model.labels()).forModel(resizing).image(3))
                .isEqualTo(images(8, model.labels()).image(3));
    }

    @Test
    void shouldBeOtherImagesWhenSomeAreLeftOut() {
        ImageSet all = images(8, model.labels());

        ImageSet ends = all.without(1, 3);

        assertThat(ends.size()).isEqualTo(2);
        assertThat(ends.target(1)).isEqualTo(3);
        assertThat(ends.image(1)).isEqualTo(all.image(3));
        assertThat(ends.digest()).isNotEqualTo(all.digest());
        assertThat(all.without(2, 2).digest()).isEqualTo(all.digest());
    }

    private static ImageSet images(int side, List<String> labels) {
        byte[] pixels = new byte[4 * side * side * 3];
        pixels[pixels.length - 1] = 7;
        return new ImageSet("four", side, side, labels, pixels, new int[] {0, 1, 2, 3});
    }
}
