package dev.exitflow.ops.embedded;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.exitflow.core.ExitflowException;

/** The embedded broker cannot start, or stopped by itself. */
public final class BrokerException extends ExitflowException {

    private static final long serialVersionUID = 1L;

    @FormatMethod
    BrokerException(@FormatString String message, Object... arguments) {
        super(message, arguments);
    }

    BrokerException(String message, Throwable cause) {
        super(message, cause);
    }
}
