package dev.exitflow.ops.embedded;

import dev.exitflow.ops.Signal;
import dev.exitflow.ops.bench.JavaCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The {@code exitflow broker} command in a process of its own. */
public final class BrokerProcess implements AutoCloseable {

    private final Process process;
    private final Path errors;
    private final String address;

    private BrokerProcess(Process process, Path errors, String address) {
        this.process = process;
        this.errors = errors;
        this.address = address;
    }

    /**
     * Starts the command and waits for the address that it prints.
     *
     * @param prefix a command that runs the one that follows it; may be empty
     */
    public static BrokerProcess start(List<String> prefix, Path errors, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        List<String> all = new ArrayList<>(List.of("broker"));
        all.addAll(List.of(arguments));
        command.addAll(JavaCommand.of(List.of("-Xmx256m"), all));
        Process process = new ProcessBuilder(command)
                .redirectError(errors.toFile())
                .redirectInput(Redirect.INHERIT)
                .start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String address = out.readLine();
        if (address == null) {
            throw new IOException("the broker did not start: " + Files.readString(errors));
        }
        return new BrokerProcess(process, errors, address);
    }

    /** Where clients start from, as host:port. */
    public String address() {
        return address;
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Stops all its threads where they are for a while, and lets it go on for as long again. */
    public void standStill(Duration length) throws IOException, InterruptedException {
        Signal.STOP.send(process);
        boolean ended = process.waitFor(length.toMillis(), TimeUnit.MILLISECONDS);
        Signal.CONT.send(process);
        if (ended || process.waitFor(length.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IOException("the broker ended while it stood still: " + errors());
        }
    }

    void terminate() {
        process.destroy();
    }

    /** Ends it at once; what it wrote is left to the operating system. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** The exit code, or an error if the process still runs after a minute. */
    public int exitStatus() throws InterruptedException {
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            throw new AssertionError("the broker still runs");
        }
        return process.exitValue();
    }

    /** What it has printed to its standard error. */
    public String errors() throws IOException {
        return Files.readString(errors);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
