package dev.exitflow.ops.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The {@code exitflow broker} command in a process of its own. */
final class BrokerProcess implements AutoCloseable {

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
    static BrokerProcess start(List<String> prefix, Path errors, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of("dev.exitflow.ops.cli.Exitflow", "broker"));
        command.addAll(List.of(arguments));
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

    String address() {
        return address;
    }

    void terminate() {
        process.destroy();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** The exit code, or an error if the process still runs after a minute. */
    int exitStatus() throws InterruptedException {
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            throw new AssertionError("the broker still runs");
        }
        return process.exitValue();
    }

    String errors() throws IOException {
        return Files.readString(errors);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
