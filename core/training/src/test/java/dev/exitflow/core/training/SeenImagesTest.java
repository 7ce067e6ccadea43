package dev.exitflow.core.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleEdit;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.TestBundles;
import dev.exitflow.core.dataset.ColouredSquares;
import dev.exitflow.core.dataset.ImageSet;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeenImagesTest {

    private static final ImageSet SET = ColouredSquares.draw(400, 0.9, 5);

    @TempDir
    Path folder;

    @Test
    void shouldRefuseImagesThatATrainingUsedWhenMoreAreHeldOutThanThen() {
        SeenImages seen = new SeenImages(trainedOn(Map.of(SeenImages.DATA, SET.digest())));

        assertThatCode(() -> seen.requireUnseen(SET, 60)).doesNotThrowAnyException();
        assertThatThrownBy(() -> seen.requireUnseen(SET, 380))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContainingAll("images 20 to 339", "'train exits' used the first 340 of 400", "hold out 60");
        assertThatThrownBy(() -> seen.requireUnseen(SET, 5000)).hasMessageContaining("images 0 to 339");
    }

    @Test
    void shouldKnowASetByNameAndSizeWhenTheTrainingLeftNoDigest() {
        SeenImages seen = new SeenImages(trainedOn(Map.of("dataset", SET.name())));

        assertThatThrownBy(() -> seen.requireUnseen(SET, 61)).isInstanceOf(ExitflowException.class);
        assertThatCode(() -> seen.requireUnseen(SET.slice(0, 399), 399)).doesNotThrowAnyException();
    }

    @Test
    void shouldAcceptAnyImageOfASetThatNoTrainingUsed() {
        SeenImages seen = new SeenImages(trainedOn(Map.of(SeenImages.DATA, SET.digest(), "dataset", SET.name())));
        ImageSet other = ColouredSquares.draw(400, 0.9, 6);

        assertThat(seen.trainingOn(other)).isEmpty();
        assertThat(seen.trainingOn(SET)).contains("train exits");
        assertThatCode(() -> seen.requireUnseen(other, 400)).doesNotThrowAnyException();
    }

    private ModelBundle trainedOn(Map<String, Object> data) {
        ModelBundle bundle = BundleLoader.load(TestBundles.trained(folder.resolve("bundle")));
        Map<String, Object> step = new HashMap<>(data);
        step.putAll(Map.of("step", "train exits", SeenImages.IMAGES, 340, SeenImages.HELD_OUT, 60));
        return new BundleEdit(bundle, Instant.EPOCH).step(step).write();
    }
}
