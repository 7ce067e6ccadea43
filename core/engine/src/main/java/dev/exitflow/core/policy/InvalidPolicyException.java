package dev.exitflow.core.policy;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.exitflow.core.ExitflowException;

/** A threshold policy that must not come into force; the message names the value and the range. */
public final class InvalidPolicyException extends ExitflowException {

    private static final long serialVersionUID = 1L;

    /** Formats the message with {@link String#format}. */
    @FormatMethod
    public InvalidPolicyException(@FormatString String message, Object... arguments) {
        super(message, arguments);
    }
}
