package dev.exitflow.schema.instance;

import java.util.List;

/**
 * The model that an instance serves, as it announces it.
 *
 * @param name of the model
 * @param version as its bundle's manifest says
 * @param digest SHA-256 of the bundle
 * @param earlyExits of the model, the backbone's classifier not counted
 * @param defaultThresholds in force while there is no policy: one for all exits, or one per early exit; copied
 */
public record ServedModel(String name, String version, String digest, int earlyExits, List<Double> defaultThresholds) {

    private static final int SHOWN_DIGITS = 12;

    public ServedModel {
        defaultThresholds = List.copyOf(defaultThresholds);
    }

    /** Whether both have the same name, whatever their versions. */
    public boolean isSameModelAs(ServedModel other) {
        return name.equals(other.name);
    }

    @Override
    public String toString() {
        return "model %s version %s (digest %s)"
                .formatted(name, version, digest.substring(0, Math.min(SHOWN_DIGITS, digest.length())));
    }
}
