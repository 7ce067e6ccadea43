package dev.exitflow.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BundleLoaderTest {

    @TempDir
    Path folder;

    private Path bundle;

    @BeforeEach
    void copyBundle() {
        bundle = TestBundles.trained(folder.resolve("bundle"));
    }

    @Test
    void shouldLoadABundleThatIsWhole() {
        ModelBundle loaded = BundleLoader.load(bundle);

        assertThat(loaded.name()).isEqualTo("tiny");
        assertThat(loaded.earlyExits()).isEqualTo(2);
        assertThat(loaded.digest()).hasSize(64);
        assertThat(BundleSelfTest.verify(loaded)).isLessThan(1e-4);
    }

    @Test
    void shouldNameTheFileWhenAModuleWasTamperedWith() throws IOException {
        Path module = bundle.resolve("exit-1.pt");
        byte[] bytes = Files.readAllBytes(module);
        bytes[bytes.length / 2] ^= 1;
        Files.write(module, bytes);

        assertThatThrownBy(() -> BundleLoader.load(bundle))
                .isInstanceOf(InvalidBundleException.class)
                .hasMessageContaining("exit-1.pt: SHA-256 is")
                .hasMessageContaining("damaged or was changed");
    }

    @Test
    void shouldLoadABundleThatSaysMoreThanThisVersionKnows() throws IOException {
        Path manifest = bundle.resolve("manifest.json");
        String text = Files.readString(manifest);
        Files.writeString(manifest, text.replaceFirst("\"file\"", "\"fromTheFuture\" : 1, \"file\""));

        assertThat(BundleLoader.load(bundle).name()).isEqualTo("tiny");
    }

    @Test
    void shouldNameTheFileWhenAModuleIsMissing() throws IOException {
        Files.delete(bundle.resolve("stage-1.pt"));

        assertThatThrownBy(() -> BundleLoader.load(bundle))
                .isInstanceOf(InvalidBundleException.class)
                .hasMessageContaining("stage-1.pt: missing");
    }

    @ParameterizedTest
    @CsvSource({
        "'\"file\" : \"stage-0.pt\"', '\"file\" : \"../stage-0.pt\"', plain file name inside the bundle",
        "'\"formatVersion\" : 1', '\"formatVersion\" : 99', format version 99",
        "'\"name\" : \"tiny\"', '\"name\" : \"a/b\"', lacks a valid name",
        "'\"thresholds\" : [ 0.88 ]', '\"thresholds\" : [ 1.5 ]', 'expected a number in [0, 1]'",
        "'\"labels\" : [', '\"labels\" : \"oops\", \"x\": [', not a manifest",
    })
    void shouldSayWhatIsWrongWhenTheManifestIs(String before, String after, String message) throws IOException {
        Path manifest = bundle.resolve("manifest.json");
        String text = Files.readString(manifest).replaceAll("\" ?: ?", "\" : ").replaceAll("\\[\\s+", "[ ");
        text = text.replaceAll("\\s+\\]", " ]");
        assertThat(text).contains(before);
        Files.writeString(manifest, text.replaceFirst(java.util.regex.Pattern.quote(before), after));

        assertThatThrownBy(() -> BundleLoader.load(bundle))
                .isInstanceOf(InvalidBundleException.class)
                .hasMessageContaining(message);
    }

    @Test
    void shouldSayHowToMakeOneWhenThereIsNoManifest() {
        assertThatThrownBy(() -> BundleLoader.load(folder.resolve("nowhere")))
                .isInstanceOf(InvalidBundleException.class)
                .hasMessageContaining("exitflow bundle export");
    }

    @Test
    void shouldLoadAZippedBundleAndRefuseOneThatReachesOutside() throws IOException {
        Path zip = folder.resolve("bundle.zip");
        Path evil = folder.resolve("evil.zip");
        TestBundles.zip(bundle, zip, "");
        TestBundles.zip(bundle, evil, "../");

        assertThat(BundleLoader.load(zip).digest())
                .isEqualTo(BundleLoader.load(bundle).digest());
        assertThatThrownBy(() -> BundleLoader.load(evil))
                .isInstanceOf(InvalidBundleException.class)
                .hasMessageContaining("outside the bundle");
    }

    @Test
    void shouldNoticeWhenTheModelAnswersDifferently() throws IOException {
        Path manifest = bundle.resolve("manifest.json");
        String text = Files.readString(manifest);
        Files.writeString(manifest, text.replaceFirst("\"confidence\" ?: ?0\\.\\d+", "\"confidence\": 0.123"));
        ModelBundle changed = BundleLoader.load(bundle);

        assertThatThrownBy(() -> BundleSelfTest.verify(changed))
                .isInstanceOf(InvalidBundleException.class)
                .hasMessageContaining("exit 0 answers the self-test");
    }
}
