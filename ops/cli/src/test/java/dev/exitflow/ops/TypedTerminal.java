package dev.exitflow.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;

/** A terminal that a test reads and types on. */
public final class TypedTerminal implements AutoCloseable {

    /** What the key sends. */
    public static final String ARROW_DOWN = "\u001b[B";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private final PipedOutputStream keyboard = new PipedOutputStream();
    private final Terminal terminal;

    /** One that can move its cursor. */
    public TypedTerminal() throws IOException {
        terminal =
                new ExternalTerminal("test", "xterm", new PipedInputStream(keyboard), screen, StandardCharsets.UTF_8);
    }

    /** For what is tested. */
    public Terminal terminal() {
        return terminal;
    }

    /** Presses keys. */
    public void type(String text) throws IOException {
        keyboard.write(text.getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
    }

    /** Waits until a regular expression is found in all that was ever shown. */
    public void awaitShown(String pattern) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(shown()).containsPattern(pattern));
    }

    /** All that was ever shown. */
    public String shown() {
        return screen.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }
}
