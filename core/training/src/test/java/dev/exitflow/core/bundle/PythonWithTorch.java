package dev.exitflow.core.bundle;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Finds a Python interpreter that can import torch. */
final class PythonWithTorch {

    private static final long PATIENCE_SECONDS = 120;

    private PythonWithTorch() {}

    /** Lists the interpreters to try: that of {@code EXITFLOW_PYTHON}, then those of the path and of the system. */
    static List<String> candidates() {
        return Stream.of(System.getenv("EXITFLOW_PYTHON"), "python3", "/usr/bin/python3")
                .filter(candidate -> candidate != null && !candidate.isBlank())
                .toList();
    }

    /** Returns the first candidate that can import torch. */
    static Optional<String> find() {
        return candidates().stream().filter(PythonWithTorch::importsTorch).findFirst();
    }

    private static boolean importsTorch(String interpreter) {
        try {
            Process process = new ProcessBuilder(interpreter, "-c", "import torch")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            return ended && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // no such interpreter
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + interpreter, e);
        }
    }
}
