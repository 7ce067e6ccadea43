package dev.exitflow.core.training;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.exitflow.core.ExitflowException;

/** A training whose loss or weights are no numbers any more. Its checkpoint is as the last whole epoch left it. */
public final class TrainingDivergedException extends ExitflowException {

    private static final long serialVersionUID = 1L;

    @FormatMethod
    TrainingDivergedException(@FormatString String message, Object... arguments) {
        super(message, arguments);
    }
}
