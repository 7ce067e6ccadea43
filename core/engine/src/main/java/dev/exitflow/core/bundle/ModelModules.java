package dev.exitflow.core.bundle;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One loaded copy of all of a model's modules: its stages, and the exits between them.
 *
 * <p>As little safe for use by several threads as the {@link TorchModule}s in it; closing it closes them all.
 *
 * @param stages in order; the last yields the backbone's probabilities
 * @param exits in order; exit i reads the features of stage i
 */
public record ModelModules(List<TorchModule> stages, List<TorchModule> exits) implements AutoCloseable {

    /** Loads stages and exits for inference. */
    public static ModelModules forInference(ModelBundle bundle) {
        List<Path> exits = files(bundle.earlyExits(), bundle::exitFile);
        return load(stages(bundle), TorchModule::forInference, exits, TorchModule::forInference);
    }

    /**
     * Loads the stages for inference, and the exits to be trained.
     *
     * @param exitFile where each exit lies, by its file name in the bundle
     */
    public static ModelModules forExitTraining(ModelBundle bundle, Function<String, Path> exitFile) {
        return load(stages(bundle), TorchModule::forInference, exits(bundle, exitFile), TorchModule::forTraining);
    }

    /**
     * Loads stages and exits to be trained.
     *
     * @param file where each module lies, by its file name in the bundle
     */
    public static ModelModules forTraining(ModelBundle bundle, Function<String, Path> file) {
        List<Path> stages = files(
                bundle.earlyExits() + 1,
                stage -> file.apply(bundle.manifest().stages().get(stage).file()));
        return load(stages, TorchModule::forTraining, exits(bundle, file), TorchModule::forTraining);
    }

    private static List<Path> stages(ModelBundle bundle) {
        return files(bundle.earlyExits() + 1, bundle::stageFile);
    }

    private static List<Path> exits(ModelBundle bundle, Function<String, Path> exitFile) {
        return files(
                bundle.earlyExits(),
                exit -> exitFile.apply(bundle.manifest().exits().get(exit).file()));
    }

    private static List<Path> files(int count, Function<Integer, Path> file) {
        List<Path> files = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            files.add(file.apply(index));
        }
        return files;
    }

    private static ModelModules load(
            List<Path> stageFiles,
            Function<Path, TorchModule> loadStage,
            List<Path> exitFiles,
            Function<Path, TorchModule> loadExit) {
        ModelModules modules = new ModelModules(new ArrayList<>(), new ArrayList<>());
        try {
            for (Path file : stageFiles) {
                modules.stages.add(loadStage.apply(file));
            }
            for (Path file : exitFiles) {
                modules.exits.add(loadExit.apply(file));
            }
            return modules;
        } catch (RuntimeException e) {
            modules.close();
            throw e;
        }
    }

    @Override
    public void close() {
        stages.forEach(TorchModule::close);
        exits.forEach(TorchModule::close);
    }
}
