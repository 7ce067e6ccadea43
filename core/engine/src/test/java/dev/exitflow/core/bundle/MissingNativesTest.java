package dev.exitflow.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.ExitflowException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process whose class path has no PyTorch for its platform, as when a build is carried to another kind of machine. */
@Timeout(60)
class MissingNativesTest {

    @TempDir
    Path cache;

    @Test
    void shouldSayHowToMendItWhenThePlatformsNativesAreMissing() throws IOException, InterruptedException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("pytorch-native"))
                .collect(Collectors.joining(File.pathSeparator));

        String output = start(cache, classPath);

        assertThat(output).contains("MESSAGE PyTorch does not load on").contains("build it on this kind of machine");
    }

    @Test
    void shouldNameTheDirectoryWhenNativesCannotBeUnpacked() throws IOException, InterruptedException {
        Path nowhere = Files.createFile(cache.resolve("file")).resolve("directory");

        String output = start(nowhere, System.getProperty("java.class.path"));

        assertThat(output)
                .contains("MESSAGE PyTorch does not load on")
                .contains("unpacked into " + nowhere)
                .contains("noexec: DJL_CACHE_DIR names another directory");
    }

    private static String start(Path cache, String classPath) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-DDJL_CACHE_DIR=" + cache,
                        "-cp",
                        classPath,
                        Starter.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return output;
    }

    /** Prints what a person would read. */
    static final class Starter {
        public static void main(String[] arguments) {
            try {
                PyTorchRuntime.newManager().close();
            } catch (ExitflowException e) {
                System.out.println("MESSAGE " + e.getMessage());
            }
        }
    }
}
