package dev.exitflow.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReasonTest {

    @TempDir
    Path directory;

    @Test
    void shouldSayWhyTheFileSystemRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "text");
        Path none = directory.resolve("none");

        assertThat(Reason.of(catchThrowable(() -> Files.readString(none)))).isEqualTo("no such file or directory");
        assertThat(Reason.of(catchThrowable(() -> new FileInputStream(none.toFile()))))
                .isEqualTo("no such file or directory");
        assertThat(Reason.of(catchThrowable(() -> Files.readString(directory)))).isEqualTo("is a directory");
        assertThat(Reason.of(catchThrowable(() -> Files.createFile(file)))).isEqualTo("it exists already");
        assertThat(Reason.of(catchThrowable(() -> Files.createDirectory(file.resolve("below")))))
                .isEqualTo("not a directory");
        assertThat(Reason.of(catchThrowable(() -> Files.delete(directory)))).isEqualTo("the directory is not empty");
    }

    @Test
    void shouldNameNoClassWhateverFailed() {
        assertThat(Reason.of(new EOFException())).isEqualTo("it ends too early");
        assertThat(Reason.of(new MalformedInputException(1))).isEqualTo("not text in UTF-8");
        assertThat(Reason.of(new ClosedChannelException())).isEqualTo("closed channel");
        assertThat(Reason.of(new IOException("TLS is expected"))).isEqualTo("TLS is expected");
        assertThat(Reason.of(new IOException("No space left on device"))).isEqualTo("no space left on device");
    }
}
