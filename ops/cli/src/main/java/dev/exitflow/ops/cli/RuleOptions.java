package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.calibration.ConfidenceRule;
import dev.exitflow.core.calibration.EntropyRule;
import dev.exitflow.core.calibration.ExitRule;
import dev.exitflow.core.calibration.MaxProbabilityRule;
import dev.exitflow.core.calibration.PatienceRule;
import dev.exitflow.core.policy.ExitPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of {@code bundle evaluate} that say which exit rule is tried, at which settings; a mixin. */
final class RuleOptions {

    /** What makes an image leave. */
    enum Rule {
        CONFIDENCE("confidence"),
        MAX_PROBABILITY("max-probability"),
        ENTROPY("entropy"),
        PATIENCE("patience");

        private final String text;

        Rule(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    @Option(
            names = "--rule",
            paramLabel = "RULE",
            defaultValue = "confidence",
            description =
                    "What makes an image leave: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}, the rule that serves; the"
                            + " others are baselines).")
    Rule rule;

    @Option(
            names = "--thresholds",
            split = ",",
            paramLabel = "VALUE",
            description =
                    "For all exits each: a confidence or probability to leave above, an entropy (0 to 1) to leave below, or how many"
                            + " exits in a row must agree (default: a range that suits the rule).")
    List<Double> thresholds;

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    RuleOptions() {}

    /**
     * The rule at each of the settings, by a name for reports.
     *
     * @param earlyExits of the model
     * @throws ParameterException when a setting is out of range
     */
    Map<String, ExitRule> rules(int earlyExits) {
        Map<String, ExitRule> rules = new LinkedHashMap<>();
        try {
            settings(earlyExits).forEach(setting -> {
                switch (rule) {
                    case CONFIDENCE -> rules.put("T " + setting, new ConfidenceRule(ExitPolicy.uniform(0, setting)));
                    case MAX_PROBABILITY -> rules.put("p > " + setting, new MaxProbabilityRule(setting));
                    case ENTROPY -> rules.put("entropy < " + setting, new EntropyRule(setting));
                    case PATIENCE -> {
                        int exits = wholeNumber(setting);
                        rules.put(exits + " in a row", new PatienceRule(exits));
                    }
                }
            });
        } catch (ExitflowException e) {
            throw new ParameterException(command.commandLine(), "--thresholds: " + e.getMessage(), e);
        }
        return rules;
    }

    private List<Double> settings(int earlyExits) {
        if (thresholds != null) {
            return thresholds;
        }
        DoubleStream suitable =
                switch (rule) {
                    case CONFIDENCE, MAX_PROBABILITY -> DoubleStream.of(0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 1);
                    case ENTROPY -> DoubleStream.of(0.5, 0.4, 0.3, 0.2, 0.15, 0.1, 0.05, 0.02, 0);
                    case PATIENCE -> IntStream.rangeClosed(1, earlyExits + 1).asDoubleStream();
                };
        return suitable.boxed().toList();
    }

    private static int wholeNumber(double setting) {
        if (setting != Math.rint(setting)) {
            throw new ExitflowException("exits in a row that must agree = %s, expected a whole number", setting);
        }
        return (int) setting;
    }
}
