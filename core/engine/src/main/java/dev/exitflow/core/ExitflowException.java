package dev.exitflow.core;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.Locale;

/**
 * The root of every error that Exitflow reports to a person.
 *
 * <p>The message is one line and says what happened, where, what was got and expected, and how to mend it, so that a
 * command line can print it without the stack trace.
 */
public class ExitflowException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Formats the message with {@link String#format(Locale, String, Object...)}, in {@link Locale#ROOT}. */
    @FormatMethod
    public ExitflowException(@FormatString String message, Object... arguments) {
        super(String.format(Locale.ROOT, message, arguments));
    }

    /** Keeps the cause; the message is taken as it is. */
    public ExitflowException(String message, Throwable cause) {
        super(message, cause);
    }
}
