package dev.exitflow.ops.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.ops.digits.DigitsGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSpecTest {

    @Test
    void shouldDrawWhatIsAskedForWhenDigits() {
        ImageSet training = new DataSpec("digits:count=30,difficulty=0.2,seed=5").training(drawn -> {});

        assertThat(training.size()).isEqualTo(30);
        assertThat(training.image(0))
                .isEqualTo(new DigitsGenerator(5).drawMixed(0, 0.2).rgb());
    }

    @Test
    void shouldDrawOtherImagesToTestThanToTrain() {
        DataSpec spec = new DataSpec("digits:count=10");

        assertThat(spec.training(drawn -> {}).image(0))
                .isNotEqualTo(spec.test(drawn -> {}).image(0));
    }

    @Test
    void shouldStreamTheImagesOfTheTestSet() {
        DataSpec spec = new DataSpec("digits");

        LoadImage streamed = spec.stream().image(3);

        ImageSet test = spec.test(5, drawn -> {});
        assertThat(streamed.rgb()).isEqualTo(test.image(3));
        assertThat(streamed.label()).isEqualTo(test.labels().get(test.target(3)));
    }

    @Test
    void shouldDrawAsHardAsIsWantedNowWhenTheDifficultyIsAsked() {
        DataSpec spec = new DataSpec("digits:difficulty=0.1,seed=4");

        LoadImage streamed = spec.stream(() -> 0.7).image(3);

        assertThat(streamed.rgb())
                .isEqualTo(new DigitsGenerator(4).drawMixed(3, 0.7).rgb());
        assertThat(spec.difficulty()).isEqualTo(0.1);
    }

    @Test
    void shouldReadAnyStoredDatasetWhenGivenItsPath(@TempDir Path folder) throws IOException {
        byte[] records = new byte[2 * 3073];
        records[0] = 6;
        Path file = Files.write(folder.resolve("mine.bin"), records);
        DataSpec spec = new DataSpec(file.toString());

        assertThat(spec.training(ready -> {}).size()).isEqualTo(2);
        assertThat(spec.test(1, ready -> {}).target(0)).isEqualTo(6);
        assertThat(spec.stream().image(4).label()).isEqualTo("frog");
    }

    @Test
    void shouldSayWhatIsWrongWhenASettingOrAPathIs() {
        assertThatThrownBy(() -> new DataSpec("digits:size=3").test(drawn -> {}))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("setting size");
        assertThatThrownBy(() -> new DataSpec("digits:count=3").stream())
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("setting count");
        assertThatThrownBy(() -> new DataSpec("digits:difficulty=2").difficulty())
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("difficulty is 2.0");
        assertThatThrownBy(() -> new DataSpec("digits:count=many").test(drawn -> {}))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("count=many, expected a number");
        assertThatThrownBy(() -> new DataSpec("/nowhere/at/all").test(drawn -> {}))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("--data /nowhere/at/all: no such file or folder; expected digits[");
    }
}
