package dev.exitflow.core.training;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.dataset.ImageSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a bundle's provenance says of the images that it was trained on: of each training, which set, and how many from its beginning.
 */
public final class SeenImages {

    /** The SHA-256 of the whole set, in a step of the provenance. */
    public static final String DATA = "dataSha256";

    /** How many images from the beginning of the set a training used, in a step of the provenance. */
    public static final String IMAGES = "images";

    /** How many images from the end of the set a training left out, in a step of the provenance. */
    public static final String HELD_OUT = "heldOut";

    private static final String STEP = "step";
    private static final String TRAINING = "train ";

    private final List<?> steps;

    /** Reads a bundle's provenance. */
    public SeenImages(ModelBundle bundle) {
        Map<String, Object> provenance = bundle.manifest().provenance();
        Object recorded = provenance == null ? null : provenance.get("steps");
        this.steps = recorded instanceof List<?> list ? list : List.of();
    }

    /**
     * Requires that no training used any of a set's last images.
     *
     * @param set the whole set
     * @param heldOut how many of its last images are to be measured on
     * @throws ExitflowException if one did
     */
    public void requireUnseen(ImageSet set, int heldOut) {
        int from = Math.max(0, set.size() - heldOut);
        training(set).filter(step -> number(step, IMAGES) > from).ifPresent(step -> {
            throw new ExitflowException(
                    "%s: images %d to %d of the %d to be held out have taught this model: '%s' used the first %d of %d; hold out %d at"
                            + " most",
                    set.name(),
                    from,
                    number(step, IMAGES) - 1,
                    Math.min(heldOut, set.size()),
                    step.get(STEP),
                    number(step, IMAGES),
                    set.size(),
                    set.size() - number(step, IMAGES));
        });
    }

    /** The name of a training that used images of a set, if any did. */
    public Optional<String> trainingOn(ImageSet set) {
        return training(set).map(step -> String.valueOf(step.get(STEP)));
    }

    /** The training that used the most images of a set. */
    private Optional<Map<?, ?>> training(ImageSet set) {
        Map<?, ?> most = null;
        String digest = null;
        for (Object recorded : steps) {
            if (recorded instanceof Map<?, ?> step
                    && String.valueOf(step.get(STEP)).startsWith(TRAINING)) {
                digest = digest == null ? set.digest() : digest;
                if (isOn(step, set, digest) && (most == null || number(step, IMAGES) > number(most, IMAGES))) {
                    most = step;
                }
            }
        }
        return Optional.ofNullable(most);
    }

    /** Bundles of earlier versions know a set by its name and size only. */
    private static boolean isOn(Map<?, ?> step, ImageSet set, String digest) {
        return step.get(DATA) == null
                ? set.name().equals(step.get("dataset")) && number(step, IMAGES) + number(step, HELD_OUT) == set.size()
                : step.get(DATA).equals(digest);
    }

    private static int number(Map<?, ?> step, String fact) {
        return step.get(fact) instanceof Number number ? number.intValue() : 0;
    }
}
