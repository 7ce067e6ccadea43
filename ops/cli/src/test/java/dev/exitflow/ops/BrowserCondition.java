package dev.exitflow.ops;

import static org.junit.jupiter.api.extension.ConditionEvaluationResult.disabled;
import static org.junit.jupiter.api.extension.ConditionEvaluationResult.enabled;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips tests where there is no Chromium, or no chromedriver. */
public final class BrowserCondition implements ExecutionCondition {

    /** Made by JUnit. */
    public BrowserCondition() {}

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (Browser.chromium().isEmpty()) {
            return disabled(
                    "no chromium on the PATH; Debian's packages chromium and chromium-driver have what is needed");
        }
        return Browser.driver().isEmpty()
                ? disabled("no chromedriver on the PATH; Debian's package chromium-driver has it")
                : enabled("Chromium is here");
    }
}
