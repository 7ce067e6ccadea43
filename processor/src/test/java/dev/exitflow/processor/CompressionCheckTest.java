package dev.exitflow.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A library that did not load never does in the same process, so each case has a process of its own. */
class CompressionCheckTest {

    @TempDir
    Path folder;

    @Test
    void shouldFindNoProblemWhenTheTemporaryDirectoryIsGood() throws Exception {
        assertThat(problem("-Djava.io.tmpdir=" + folder)).isEmpty();
    }

    @Test
    void shouldNameTheOptionsWhenNoNativeLibraryCanBeUnpacked() throws Exception {
        String nowhere =
                Files.createFile(folder.resolve("file")).resolve("directory").toString();

        assertThat(problem("-Djava.io.tmpdir=" + nowhere))
                .contains(
                        "with snappy or zstd cannot be read",
                        "-Dorg.xerial.snappy.tempdir and -DZstdTempFolder",
                        "noexec")
                .doesNotContain("Exception", "Error")
                .hasLineCount(1);
        assertThat(problem("-DZstdTempFolder=" + nowhere))
                .contains("compressed with zstd", "-DZstdTempFolder")
                .doesNotContain("snappy");
        assertThat(problem("-Dorg.xerial.snappy.tempdir=" + nowhere))
                .contains("compressed with snappy")
                .doesNotContain("zstd");
    }

    private String problem(String option) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx64m", option, "-cp", System.getProperty("java.class.path")));
        command.add(Main.class.getName());
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("errors").toFile())
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return printed.strip();
    }

    /** Prints what the check says in its process. */
    static final class Main {

        private Main() {}

        public static void main(String[] arguments) {
            CompressionCheck.problem(System.out::println);
        }
    }
}
