package dev.exitflow.ops.cli;

import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.ops.load.DataSpec;
import java.util.function.Function;
import java.util.function.IntConsumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The option of every command that needs images, and the reading of them; a mixin of one of two kinds. */
abstract class DataOptions {

    private static final String NAME = "--data";
    private static final String LABEL = "DATA";
    private static final String FORMS = "Images: " + DataSpec.FORMS;

    @Spec(Spec.Target.MIXEE)
    CommandSpec command;

    /** Where the user must say which images. */
    static final class Asked extends DataOptions {

        @Option(names = NAME, required = true, paramLabel = LABEL, description = FORMS + ".")
        DataSpec data;

        Asked() {}

        @Override
        DataSpec spec() {
            return data;
        }
    }

    /** Where digits will do. */
    static final class DigitsUnlessAsked extends DataOptions {

        @Option(
                names = NAME,
                paramLabel = LABEL,
                defaultValue = "digits",
                description = FORMS + " (default: ${DEFAULT-VALUE}).")
        DataSpec data;

        DigitsUnlessAsked() {}

        @Override
        DataSpec spec() {
            return data;
        }
    }

    /** What the user asked for. */
    abstract DataSpec spec();

    /** The images to train a model on, numbered by its classes. */
    ImageSet training(ModelBundle bundle) {
        return read(progress -> spec().training(bundle.manifest(), progress));
    }

    /** The images to measure a model on, numbered by its classes. */
    ImageSet test(ModelBundle bundle) {
        return read(progress -> spec().test(bundle.manifest(), progress));
    }

    /** The same for whatever model, where {@code count} images are enough. */
    ImageSet test(int count) {
        return read(progress -> spec().test(count, progress));
    }

    /** The same for a model, whose input stored images are brought to where its bundle says how. */
    ImageSet test(ModelBundle bundle, int count) {
        return read(progress -> spec().test(bundle.manifest(), count, progress));
    }

    private ImageSet read(Function<IntConsumer, ImageSet> reading) {
        return read(command, reading);
    }

    /** Reads images, and shows how far it is. */
    static ImageSet read(CommandSpec command, Function<IntConsumer, ImageSet> reading) {
        try (Progress progress =
                new Progress("images", Progress.UNKNOWN, command.commandLine().getErr())) {
            return reading.apply(progress);
        }
    }
}
