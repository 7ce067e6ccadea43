package dev.exitflow.ops.cli;

import dev.exitflow.core.dataset.ImageSet;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option of commands that can do with a part of the images; a mixin. */
final class ImageLimit {

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    @Option(
            names = "--images",
            paramLabel = "COUNT",
            description = {
                "At most so many images (default: all): the first of those to train or measure on,",
                "the last of those held out where a curve is calibrated."
            })
    private Integer images;

    ImageLimit() {}

    /** The first images to measure on. */
    ImageSet of(ImageSet set) {
        return limit() < set.size() ? set.slice(0, limit()) : set;
    }

    /** The first images to train on, and all of those held out at the end of the set. */
    ImageSet ofTraining(ImageSet set, int heldOut) {
        int training = set.size() - heldOut;
        return limit() < training ? set.without(limit(), training) : set;
    }

    /** How many of the held-out images to use. */
    int ofHeldOut(int heldOut) {
        return Math.min(limit(), heldOut);
    }

    private int limit() {
        if (images != null && images < 1) {
            throw new ParameterException(command.commandLine(), "--images " + images + ": expected 1 or more");
        }
        return images == null ? Integer.MAX_VALUE : images;
    }
}
