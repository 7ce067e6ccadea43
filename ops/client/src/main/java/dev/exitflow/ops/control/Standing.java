package dev.exitflow.ops.control;

import dev.exitflow.schema.instance.AckLog;
import dev.exitflow.schema.instance.AckLog.Answers;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What the running instances of a model have made of a policy, as they acknowledged it.
 *
 * @param inForce names of those that have it in force
 * @param rejections of those that rejected it
 * @param silent names of those that have not acknowledged it
 */
public record Standing(List<String> inForce, List<Rejection> rejections, List<String> silent) {

    /** An instance that rejected the policy, and why. */
    public record Rejection(String instance, String reason) {}

    public Standing {
        inForce = List.copyOf(inForce);
        rejections = List.copyOf(rejections);
        silent = List.copyOf(silent);
    }

    static Standing of(PolicyEntry entry, String model, Collection<String> running, AckLog said) {
        TreeSet<String> silent = new TreeSet<>(running);
        silent.removeIf(
                name -> said.model(name).filter(other -> !other.equals(model)).isPresent());
        List<String> inForce = silent.stream()
                .filter(name -> said.answers(entry.key(), name)
                        .flatMap(Answers::inForce)
                        .filter(version -> version == entry.version())
                        .isPresent())
                .toList();
        List<Rejection> rejections = silent.stream()
                .filter(name -> !inForce.contains(name))
                .flatMap(name ->
                        rejection(entry, said.answers(entry.key(), name))
                                .map(reason -> new Rejection(name, reason))
                                .stream())
                .toList();
        inForce.forEach(silent::remove);
        rejections.forEach(rejection -> silent.remove(rejection.instance()));
        return new Standing(inForce, rejections, List.copyOf(silent));
    }

    private static Optional<String> rejection(PolicyEntry entry, Optional<Answers> answers) {
        return answers.flatMap(Answers::rejected)
                .filter(rejected -> rejected.version() == entry.version() || rejected.version() == 0)
                .map(AckLog.Rejection::reason);
    }

    /** How many instances of the model run. */
    public int instances() {
        return inForce.size() + rejections.size() + silent.size();
    }

    /** The standing in one line, such as {@code in force on 3 of 3 instances}. */
    public String text() {
        int all = instances();
        if (all == 0) {
            return "written, no instance runs";
        }
        String of = String.format(Locale.ROOT, "of %d %s", all, all == 1 ? "instance" : "instances");
        if (!rejections.isEmpty()) {
            return String.format(
                    Locale.ROOT,
                    "rejected by %d %s: %s",
                    rejections.size(),
                    of,
                    rejections.get(0).reason());
        }
        if (inForce.isEmpty()) {
            return "written, not acknowledged by any " + of;
        }
        return String.format(Locale.ROOT, "in force on %d %s", inForce.size(), of);
    }
}
