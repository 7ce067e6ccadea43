package dev.exitflow.ops;

import dev.exitflow.ops.bench.JavaCommand;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The {@code exitflow serve} command in a process of its own, which can be killed, paused and woken. */
public final class ServeProcess implements AutoCloseable {

    private final String instance;
    private final Process process;
    private final Path log;

    private ServeProcess(String instance, Process process, Path log) {
        this.instance = instance;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts the command and does not wait for it.
     *
     * @param instance its name, and its log's and its state's in the folder
     * @param options of the Java machine
     * @param bundle directory of the model
     * @param values of the processor's configuration, beside its name
     */
    public static ServeProcess start(
            Path folder, String instance, List<String> options, Path bundle, Map<String, String> values)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of("serve", "--bundle", bundle.toString()));
        values.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        arguments.addAll(List.of("--set", "instance.id=" + instance, "--set", "http.port=0"));
        arguments.addAll(List.of("--set", "state.dir=" + folder.resolve(instance)));
        Path log = folder.resolve(instance + ".log");
        Process process = new ProcessBuilder(JavaCommand.of(options, arguments))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new ServeProcess(instance, process, log);
    }

    /** Its name in predictions. */
    public String instance() {
        return instance;
    }

    /** The operating system's number of it. */
    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Whether it has ended within a time. */
    public boolean awaitEnd(long seconds) throws InterruptedException {
        return process.waitFor(seconds, TimeUnit.SECONDS);
    }

    /** The exit code of a process that has ended. */
    public int exitStatus() {
        return process.exitValue();
    }

    /** Ends it at once, without a chance to finish anything. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks it to stop gracefully. */
    public void terminate() {
        process.destroy();
    }

    /** Stops all its threads where they are, until {@link #wake()}. */
    public void pause() throws IOException, InterruptedException {
        Signal.STOP.send(process);
    }

    /** Lets it go on. */
    public void wake() throws IOException, InterruptedException {
        Signal.CONT.send(process);
    }

    /** What it has printed so far; PyTorch's own line for each small convolution, where it dislikes the hardware, is left out. */
    public String log() throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> !line.contains("NNPACK")).collect(Collectors.joining("\n", "", "\n"));
        }
    }

    /** Where its health and metrics are; empty until it is ready. */
    public Optional<URI> uri() throws IOException {
        return log().lines()
                .filter(line -> line.startsWith("http://"))
                .findFirst()
                .map(URI::create);
    }

    /** Has it print what each of its threads does into its log. */
    public void dumpThreads() throws IOException, InterruptedException {
        Signal.QUIT.send(process);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
