package dev.exitflow.processor;

import dev.exitflow.core.ExitflowException;
import java.util.List;

/** A configuration that the processor cannot start with; the message lists everything that is wrong with it. */
public final class InvalidConfigException extends ExitflowException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    InvalidConfigException(List<String> problems) {
        super(
                "%d %s in the processor's configuration: %s",
                problems.size(), problems.size() == 1 ? "problem" : "problems", String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** One line for each problem, each with its key. */
    public List<String> problems() {
        return problems;
    }
}
