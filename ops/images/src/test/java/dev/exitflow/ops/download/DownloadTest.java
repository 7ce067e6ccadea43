package dev.exitflow.ops.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.Sha256;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DownloadTest {

    private static final int BYTES = 300_000;

    @TempDir
    Path folder;

    private final byte[] content = new byte[BYTES];
    private final AtomicLong arrived = new AtomicLong();
    private FileServer server;
    private Download download;
    private RemoteFile file;
    private Path target;
    private Path part;

    @BeforeEach
    void serve() throws IOException {
        new SplittableRandom(1).nextBytes(content);
        server = new FileServer();
        target = folder.resolve("new/images.bin");
        part = folder.resolve("new/images.bin.part");
        download = new Download(target.getParent(), Duration.ofSeconds(10));
        file = new RemoteFile(server.serve("images.bin", content), BYTES, digest(content));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void shouldFetchAFileWhole() {
        Path fetched = download.fetch(file, arrived::set);

        assertThat(fetched).isEqualTo(target).hasBinaryContent(content);
        assertThat(part).doesNotExist();
        assertThat(arrived).hasValue(BYTES);
    }

    @Test
    void shouldGoOnWhereAnEarlierRunStopped() throws IOException {
        Files.createDirectories(part.getParent());
        Files.write(part, Arrays.copyOf(content, 100_000));

        download.fetch(file, arrived::set);

        assertThat(target).hasBinaryContent(content);
        assertThat(server.requests()).containsExactly("bytes=100000-");
    }

    @Test
    void shouldGoOnAtOnceWhenTheConnectionBreaks() {
        server.breakOff(120_000, 90_000);

        download.fetch(file, arrived::set);

        assertThat(target).hasBinaryContent(content);
        assertThat(server.requests()).containsExactly("all", "bytes=120000-", "bytes=210000-");
    }

    @Test
    void shouldKeepWhatArrivedWhenTheServerBreaksOffForGood() {
        server.breakOff(120_000, 0);

        assertThatThrownBy(() -> download.fetch(file, arrived::set))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("the server breaks off after 120000 of 300000 bytes")
                .hasMessageContaining("run the command again");
        assertThat(target).doesNotExist();
        assertThat(part).hasBinaryContent(Arrays.copyOf(content, 120_000));
    }

    @Test
    void shouldStartAnewWhenTheServerKnowsNoRanges() throws IOException {
        Files.createDirectories(part.getParent());
        Files.write(part, new byte[100_000]);
        server.forgetRanges();

        download.fetch(file, arrived::set);

        assertThat(target).hasBinaryContent(content);
    }

    @Test
    void shouldKeepNothingWhenTheContentIsAnother() {
        RemoteFile other = new RemoteFile(file.uri(), BYTES, digest(new byte[1]));

        assertThatThrownBy(() -> download.fetch(other, arrived::set))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("SHA-256 " + digest(content) + ", expected " + digest(new byte[1]));
        assertThat(target).doesNotExist();
        assertThat(part).doesNotExist();
    }

    @Test
    void shouldFetchNothingWhenTheSizeIsAnother() {
        RemoteFile other = new RemoteFile(file.uri(), BYTES + 1, digest(content));

        assertThatThrownBy(() -> download.fetch(other, arrived::set))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("has 300000 bytes, expected 300001");
        assertThat(part).doesNotExist();
    }

    @Test
    void shouldAskNobodyWhenTheFileIsThere() throws IOException {
        Files.createDirectories(target.getParent());
        Files.write(target, content);

        download.fetch(file, arrived::set);

        assertThat(server.requests()).isEmpty();
    }

    @Test
    void shouldLeaveAnotherFileOfTheSameNameAlone() throws IOException {
        Files.createDirectories(target.getParent());
        Files.writeString(target, "mine");

        assertThatThrownBy(() -> download.fetch(file, arrived::set))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("is there already; move it away");
        assertThat(target).hasContent("mine");
    }

    @Test
    void shouldSayWhatTheServerAnswersWhenItHasNoSuchFile() {
        RemoteFile none = new RemoteFile(server.uri().resolve("none.bin"), BYTES, digest(content));

        assertThatThrownBy(() -> download.fetch(none, arrived::set))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("none.bin: the server answers HTTP 404");
    }

    @Test
    void shouldSayWhatToDoWhenNobodyAnswers() {
        URI dead = file.uri();
        server.close();

        assertThatThrownBy(() -> download.fetch(file, arrived::set))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("cannot reach " + dead)
                .hasMessageContaining("check the network");
    }

    private String digest(byte[] bytes) {
        try {
            return Sha256.of(Files.write(folder.resolve("digested"), bytes));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
