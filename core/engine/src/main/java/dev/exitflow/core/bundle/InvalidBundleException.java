package dev.exitflow.core.bundle;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.exitflow.core.ExitflowException;

/** A bundle that must not be served; the message names the file and what is wrong with it. */
public final class InvalidBundleException extends ExitflowException {

    private static final long serialVersionUID = 1L;

    /** Formats the message with {@link String#format}. */
    @FormatMethod
    public InvalidBundleException(@FormatString String message, Object... arguments) {
        super(message, arguments);
    }

    /** Keeps the cause; the message is taken as it is. */
    public InvalidBundleException(String message, Throwable cause) {
        super(message, cause);
    }
}
