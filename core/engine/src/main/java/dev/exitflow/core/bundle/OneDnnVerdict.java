package dev.exitflow.core.bundle;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether a bundle's modules compute with oneDNN what they compute without it on this processor.
 *
 * @param fault what is wrong; empty if nothing is
 * @param lasting whether the next start would find the same
 */
record OneDnnVerdict(Optional<String> fault, boolean lasting) {

    static final OneDnnVerdict RIGHT = new OneDnnVerdict(Optional.empty(), true);

    private static final String NOTHING_WRONG = "right";

    /** Something that is so wherever the processor is the same. */
    static OneDnnVerdict wrong(String fault) {
        return new OneDnnVerdict(Optional.of(fault), true);
    }

    /** Something that kept the modules from being checked this time. */
    static OneDnnVerdict passing(String fault) {
        return new OneDnnVerdict(Optional.of(fault), false);
    }

    /** Finds out in a process of its own, or looks up what was found for this bundle, this processor and this libtorch. */
    static OneDnnVerdict of(ModelBundle bundle) {
        return of(bundle, BundleCheck.KEPT, OneDnnProcess::verdictOn);
    }

    /**
     * Finds out, or looks up what was found.
     *
     * @param folder where verdicts are kept
     * @param check finds out
     */
    static OneDnnVerdict of(ModelBundle bundle, Path folder, Function<ModelBundle, OneDnnVerdict> check) {
        KeptVerdict kept = KeptVerdict.of(folder, "onednn", bundle);
        return kept.read().map(OneDnnVerdict::parse).orElseGet(() -> {
            OneDnnVerdict found = check.apply(bundle);
            if (found.lasting) {
                kept.write(found.fault.orElse(NOTHING_WRONG));
            }
            return found;
        });
    }

    private static OneDnnVerdict parse(String text) {
        return text.equals(NOTHING_WRONG) ? RIGHT : wrong(text);
    }
}
