package dev.exitflow.ops.dashboard;

import dev.exitflow.core.ExitflowException;

/** The dashboard cannot have the port that it was given, since another process has it or it is not for everybody. */
public final class PortTakenException extends ExitflowException {

    private static final long serialVersionUID = 1L;

    PortTakenException(String message, Throwable cause) {
        super(message, cause);
    }
}
