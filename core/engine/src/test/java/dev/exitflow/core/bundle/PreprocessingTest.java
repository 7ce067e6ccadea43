package dev.exitflow.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessingTest {

    private static final String VALID = """
            {"orientation": "exif", "colour": "rgb", "resize": "letterbox", "size": [10, 12], "interpolation": "bicubic",
             "antialias": true, "crop": "centre", "fill": [1, 2, 3], "scale": 0.5}
            """;

    @TempDir
    Path folder;

    @Test
    void shouldDemandTheModelsSizeWhenAnEarlierBundleSaysNothing() {
        assertThat(BundleLoader.load(TestBundles.trained(folder))
                        .manifest()
                        .input()
                        .preprocessing())
                .isNull();
    }

    @Test
    void shouldReadWhatTheManifestSaysAndKeepItWhenTheBundleIsEdited() throws IOException {
        ModelBundle bundle = BundleLoader.load(TestBundles.withPreprocessing(TestBundles.trained(folder), VALID));

        Manifest edited = new BundleEdit(bundle, Instant.EPOCH).write().manifest();

        assertThat(edited.formatVersion()).isEqualTo(3);
        assertThat(edited.input().preprocessing())
                .isEqualTo(new Preprocessing(
                        Preprocessing.Orientation.EXIF,
                        Preprocessing.Colour.RGB,
                        Preprocessing.Resize.LETTERBOX,
                        List.of(10, 12),
                        Preprocessing.Interpolation.BICUBIC,
                        true,
                        List.of(1, 2, 3),
                        Preprocessing.Crop.CENTRE,
                        0.5f));
        assertThat(Files.readString(folder.resolve("manifest.json"))).contains("\"letterbox\"", "\"bicubic\"");
        assertThat(edited.input().scaled(3)).isEqualTo(1.5f);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "resize": "letterbox"      | "resize": "stretch"       | exact
                    "size": [10, 12]           | "size": [10]              | preprocessing.size (height and width)
                    "size": [10, 12]           | "size": [7, 12]           | preprocessing.size (at least the input's
                    "size": [10, 12]           | "size": [10, 9000]        | at most 8192
                    "antialias": true          | "antialias": false        | preprocessing.antialias (true)
                    "fill": [1, 2, 3]          | "fill": [1, 2, 256]       | preprocessing.fill (three numbers from 0 to 255)
                    "scale": 0.5               | "scale": 0                | preprocessing.scale (above 0)
                    "colour": "rgb",           | "other": 1,               | preprocessing (orientation, colour,
                    """)
    void shouldNameTheFieldWhenItIsWrong(String right, String wrong, String named) {
        assertThat(VALID).contains(right);
        Path bundle = TestBundles.withPreprocessing(TestBundles.trained(folder), VALID.replace(right, wrong));

        assertThatThrownBy(() -> BundleLoader.load(bundle))
                .isInstanceOf(InvalidBundleException.class)
                .hasMessageContaining(named);
    }
}
