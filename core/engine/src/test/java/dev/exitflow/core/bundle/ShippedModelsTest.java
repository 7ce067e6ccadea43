package dev.exitflow.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bundles that travel in the distribution. */
class ShippedModelsTest {

    private static final double SAME_ANSWER = 1e-4;

    static Stream<Path> bundles() throws Exception {
        try (Stream<Path> folders = Files.list(Path.of("src/main/bundles"))) {
            return folders.filter(folder -> Files.exists(folder.resolve("stage-0.pt"))).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void shouldAnswerAsWhenTheyWereMade(Path folder) {
        ModelBundle bundle = BundleLoader.load(folder);

        assertThat(BundleSelfTest.verify(bundle)).isLessThan(SAME_ANSWER);
        assertThat(bundle.name()).isEqualTo(folder.getFileName().toString());
    }

    @ParameterizedTest
    @MethodSource("bundles")
    void shouldBeFrozenAndHaveTheirOperatingPoints(Path folder) {
        Manifest manifest = BundleLoader.load(folder).manifest();

        assertThat(manifest.stages()).allMatch(Manifest.Stage::frozen);
        assertThat(manifest.exits()).allMatch(Manifest.Exit::frozen);
        assertThat(manifest.operatingPoints()).containsKeys("full", "balanced", "economy");
    }
}
