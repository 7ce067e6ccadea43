package dev.exitflow.core.training;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.TorchModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A folder that holds a training's modules and how many epochs they have seen, so that a later run can go on.
 *
 * <p>The epoch's number is written after the modules: a crash between the two repeats an epoch and loses none.
 */
public final class Checkpoint {

    private static final String EPOCHS_FILE = "epochs-done";
    private static final String TRAINING_FILE = "training";

    private final Path folder;

    private Checkpoint(Path folder) {
        this.folder = folder;
    }

    /**
     * Opens a checkpoint, or starts one from the bundle's modules.
     *
     * @param training what is trained and how, in a few words: a checkpoint serves one training only
     * @param folder the checkpoint's
     * @param bundle where the modules are copied from when the checkpoint is new
     * @param modules file names of the modules that are trained
     * @throws ExitflowException if the folder is another training's
     */
    public static Checkpoint open(String training, Path folder, Path bundle, List<String> modules) {
        try {
            Files.createDirectories(folder);
            requireSame(training, folder.resolve(TRAINING_FILE));
            for (String module : modules) {
                if (!Files.exists(folder.resolve(module))) {
                    Files.copy(bundle.resolve(module), folder.resolve(module));
                }
            }
        } catch (IOException e) {
            throw new ExitflowException("cannot start a checkpoint in " + folder, e);
        }
        return new Checkpoint(folder);
    }

    private static void requireSame(String training, Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.writeString(file, training);
        }
        String started = Files.readString(file).strip();
        if (!started.equals(training)) {
            throw new ExitflowException(
                    "%s is the checkpoint of another training: it has '%s', got '%s'; delete it to start afresh, or name another folder",
                    file.getParent(), started, training);
        }
    }

    /** The checkpoint's folder. */
    Path folder() {
        return folder;
    }

    /** How many epochs the modules have seen. */
    public int epochsDone() {
        Path file = folder.resolve(EPOCHS_FILE);
        try {
            return Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
        } catch (IOException | NumberFormatException e) {
            throw new ExitflowException(file + ": expected a number of epochs; delete the folder to start afresh", e);
        }
    }

    /** Where a module of this checkpoint lies. */
    public Path moduleFile(String name) {
        return folder.resolve(name);
    }

    /**
     * Writes the modules, then the number of epochs that they have seen.
     *
     * @throws TrainingDivergedException if a weight is not a number; nothing is written then
     */
    void save(List<TorchModule> modules, int epochsDone) {
        for (TorchModule module : modules) {
            if (!module.hasFiniteParameters()) {
                throw new TrainingDivergedException(
                        "training diverged: weights of %s are no numbers after epoch %d. %s is as the epoch before left it: start again"
                                + " with a lower learning rate to go on from there",
                        module.file().getFileName(), epochsDone, folder);
            }
        }
        for (TorchModule module : modules) {
            module.save(module.file());
        }
        epochDone(epochsDone);
    }

    private void epochDone(int epoch) {
        Path temporary = folder.resolve(EPOCHS_FILE + ".tmp");
        try {
            Files.writeString(temporary, Integer.toString(epoch));
            Files.move(
                    temporary,
                    folder.resolve(EPOCHS_FILE),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ExitflowException("cannot write the checkpoint in " + folder, e);
        }
    }
}
