package dev.exitflow.ops.monitoring;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As much of a PromQL expression as tells what it asks for.
 *
 * @param selectors the series it selects, with the labels that they are selected by
 * @param grouping labels that it groups or matches by
 */
record PromExpression(List<Selector> selectors, Set<String> grouping) {

    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");
    private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*]");
    private static final Pattern GROUPING =
            Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][\\w:]*)\\s*(\\{([^}]*)}|\\()?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!=|!~|=)");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset");

    /** One metric's name and the labels that its series must match. */
    record Selector(String metric, Set<String> labels) {}

    static PromExpression of(String expression) {
        String text = RANGE.matcher(QUOTED.matcher(expression).replaceAll("")).replaceAll("");
        Set<String> grouping = new LinkedHashSet<>();
        Matcher groups = GROUPING.matcher(text);
        while (groups.find()) {
            for (String label : groups.group(1).split(",", -1)) {
                if (!label.isBlank()) {
                    grouping.add(label.strip());
                }
            }
        }
        List<Selector> selectors = new ArrayList<>();
        Matcher names = SELECTOR.matcher(GROUPING.matcher(text).replaceAll(""));
        while (names.find()) {
            boolean isCall = "(".equals(names.group(2));
            if (!isCall && !WORDS.contains(names.group(1))) {
                selectors.add(new Selector(names.group(1), labels(names.group(3))));
            }
        }
        return new PromExpression(selectors, grouping);
    }

    private static Set<String> labels(String matchers) {
        Set<String> labels = new LinkedHashSet<>();
        if (matchers != null) {
            MATCHER.matcher(matchers)
                    .results()
                    .map((MatchResult one) -> one.group(1))
                    .forEach(labels::add);
        }
        return labels;
    }
}
