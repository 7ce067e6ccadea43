package dev.exitflow.ops.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.Sha256;
import dev.exitflow.ops.load.DataSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PublishedDatasetTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    private final List<Long> arrived = new ArrayList<>();
    private FileServer server;

    @BeforeEach
    void serve() throws IOException {
        server = new FileServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void shouldUnpackWhatIsWantedSoThatItCanBeRead() throws IOException {
        PublishedDataset dataset = archived(Map.of(
                "images/test_batch.bin", new byte[3073],
                "images/readme.html", new byte[10],
                "../escaped.txt", new byte[10]));

        Path images = dataset.fetch(folder, PATIENCE, arrived::add);

        assertThat(images).isEqualTo(folder.resolve("images"));
        assertThat(images).isDirectoryNotContaining("glob:**readme*");
        assertThat(new DataSpec(images.toString()).test(ready -> {}).size()).isEqualTo(1);
        assertThat(folder).isDirectoryNotContaining("glob:**.gz").isDirectoryNotContaining("glob:**.part");
        assertThat(folder.resolveSibling("escaped.txt")).doesNotExist();
    }

    @Test
    void shouldAskNobodyWhenItIsThere() throws IOException {
        PublishedDataset dataset = archived(Map.of("images/test_batch.bin", new byte[3073]));
        dataset.fetch(folder, PATIENCE, arrived::add);
        int requests = server.requests().size();

        dataset.fetch(folder, PATIENCE, arrived::add);

        assertThat(server.requests()).hasSize(requests);
    }

    @Test
    void shouldSayWhatIsMissingWhenTheArchiveLacksIt() throws IOException {
        PublishedDataset dataset = archived(Map.of("images/data_batch_1.bin", new byte[3073]));

        assertThatThrownBy(() -> dataset.fetch(folder, PATIENCE, arrived::add))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("has no test_batch.bin in images");
        assertThat(folder.resolve("images")).doesNotExist();
    }

    @Test
    void shouldFetchEveryFileAndCountAllTheirBytes() throws IOException {
        RemoteFile first = remote("first.mat", "one".getBytes(StandardCharsets.UTF_8));
        RemoteFile second = remote("second.mat", "three".getBytes(StandardCharsets.UTF_8));
        PublishedDataset dataset = new PublishedDataset("two files", List.of(first, second), null);

        Path images = dataset.fetch(folder, PATIENCE, arrived::add);

        assertThat(images.resolve("first.mat")).hasContent("one");
        assertThat(images.resolve("second.mat")).hasContent("three");
        assertThat(arrived).containsExactly(3L, 8L);
    }

    @Test
    void shouldTakeTheSameFilesFromAMirror() {
        PublishedDataset mirrored = PublishedDataset.SVHN.from(URI.create("https://mirror.example/svhn"));

        assertThat(mirrored.downloads())
                .extracting(RemoteFile::uri)
                .containsExactly(
                        URI.create("https://mirror.example/svhn/train_32x32.mat"),
                        URI.create("https://mirror.example/svhn/test_32x32.mat"));
        assertThat(mirrored.downloads())
                .extracting(RemoteFile::sha256)
                .containsExactlyElementsOf(PublishedDataset.SVHN.downloads().stream()
                        .map(RemoteFile::sha256)
                        .toList());
    }

    private PublishedDataset archived(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
            for (Map.Entry<String, byte[]> content : new LinkedHashMap<>(entries).entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(content.getKey(), true);
                entry.setSize(content.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(content.getValue());
                tar.closeArchiveEntry();
            }
        }
        RemoteFile file = remote("images.tar.gz", bytes.toByteArray());
        return new PublishedDataset(
                "archived", List.of(file), new PublishedDataset.Archive("images", List.of("test_batch.bin")));
    }

    private RemoteFile remote(String name, byte[] content) throws IOException {
        Path copy = Files.createTempFile("exitflow-served", null);
        try {
            return new RemoteFile(server.serve(name, content), content.length, Sha256.of(Files.write(copy, content)));
        } finally {
            Files.delete(copy);
        }
    }
}
