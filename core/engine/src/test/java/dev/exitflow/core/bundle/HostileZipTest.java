package dev.exitflow.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Zipped bundles of anybody's making are loaded as they were meant or refused in words, and never write beside their folder. */
class HostileZipTest {

    private Path folder;
    private Path zip;
    private byte[] good;
    private String goodDigest;

    @BeforeProperty
    void zipBundle() throws IOException {
        folder = Files.createTempDirectory("exitflow-hostile-");
        Path bundle = TestBundles.trained(folder.resolve("bundle"));
        zip = folder.resolve("bundle.zip");
        goodDigest = BundleLoader.load(bundle).digest();
        TestBundles.zip(bundle, zip, "");
        good = Files.readAllBytes(zip);
    }

    @AfterProperty
    void deleteBundle() throws IOException {
        TestBundles.delete(folder);
    }

    @Property(tries = 200, seed = "1")
    void shouldLoadTheSameOrRefuseWhenABitIsFlipped(@ForAll @IntRange(max = 1_000_000_000) int which)
            throws IOException {
        byte[] bytes = good.clone();
        bytes[which / 8 % bytes.length] ^= (byte) (1 << (which % 8));
        Files.write(zip, bytes);

        loadTheSameOrRefuse();
    }

    @Property(tries = 100, seed = "2")
    void shouldRefuseWhenItIsCut(@ForAll @IntRange(max = 999_999) int share) throws IOException {
        Files.write(zip, Arrays.copyOf(good, (int) ((long) good.length * share / 1_000_000)));

        assertThatThrownBy(() -> BundleLoader.load(zip))
                .isInstanceOf(InvalidBundleException.class)
                .hasMessageContaining("bundle.zip");
    }

    @Property(tries = 100, seed = "3")
    void shouldRefuseAndWriteNothingOutsideWhenAnEntryPointsThere(
            @ForAll @IntRange(max = 3) int up, @ForAll @IntRange(min = 1, max = 3) int down) throws IOException {
        String name = "../".repeat(up) + "escaped/".repeat(down) + "escaped-entry";
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry(name));
            out.write(1);
            out.closeEntry();
        }

        assertThatThrownBy(() -> BundleLoader.load(zip))
                .isInstanceOf(InvalidBundleException.class)
                .hasMessageContaining("escaped-entry");
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        assertThat(temporary.resolve("escaped")).doesNotExist();
        assertThat(temporary.resolve("escaped-entry")).doesNotExist();
    }

    private void loadTheSameOrRefuse() {
        try {
            assertThat(BundleLoader.load(zip).digest()).isEqualTo(goodDigest);
        } catch (ExitflowException e) {
            assertThat(e.getMessage()).isNotBlank().doesNotContain("\tat ");
        }
    }
}
