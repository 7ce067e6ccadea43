package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The {@code exitflow} command in a process of its own, with this process's Java and its options. What it says on stderr goes to nobody. */
final class ExitflowProcess implements AutoCloseable {

    private static final long STOP_SECONDS = 30;

    private final Process process;
    private final String command;

    private ExitflowProcess(Process process, String command) {
        this.process = process;
        this.command = command;
    }

    /** Starts it and does not wait. */
    static ExitflowProcess start(List<String> arguments) {
        List<String> command = JavaCommand.of(options(), arguments);
        String inWords = "exitflow " + String.join(" ", arguments);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new ExitflowProcess(process, inWords);
        } catch (IOException e) {
            throw new ExitflowException("cannot start '" + inWords + "': " + e.getMessage(), e);
        }
    }

    /** Of this Java machine, but for the compiler's threads, which the launcher gives to benches and not to what they start. */
    private static List<String> options() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith("-XX:CICompilerCount"))
                .toList();
    }

    /** Its next line on stdout, waiting for it. */
    String line() {
        try {
            String line = reader().readLine();
            if (line == null) {
                throw new ExitflowException(
                        "'%s' ended with status %d and said nothing; run it by itself to see why",
                        command, process.waitFor());
            }
            return line;
        } catch (IOException e) {
            throw new ExitflowException("cannot read what '" + command + "' prints: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExitflowException("interrupted while '" + command + "' ran", e);
        }
    }

    /** Everything that it prints on stdout, waiting until it has ended. */
    String all() {
        String all = reader().lines().collect(Collectors.joining("\n"));
        try {
            int status = process.waitFor();
            if (status != 0) {
                throw new ExitflowException("'%s' ended with status %d; run it by itself to see why", command, status);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExitflowException("interrupted while '" + command + "' ran", e);
        }
        return all;
    }

    private BufferedReader reader() {
        return process.inputReader(StandardCharsets.UTF_8);
    }

    /** Asks it to stop, and waits until it has. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
