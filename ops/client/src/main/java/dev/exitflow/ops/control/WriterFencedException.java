package dev.exitflow.ops.control;

import dev.exitflow.core.ExitflowException;

/** Another process has taken over from this one since, and this one's policy was not written. */
public final class WriterFencedException extends ExitflowException {

    private static final long serialVersionUID = 1L;

    WriterFencedException(String key, String fence, Throwable cause) {
        super("policy for %s not written: another process writes as %s now".formatted(key, fence), cause);
    }
}
