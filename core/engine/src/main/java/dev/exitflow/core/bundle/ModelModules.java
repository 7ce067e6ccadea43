package dev.exitflow.core.bundle;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;

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
        return load(
                bundle,
                stage -> TorchModule.forInference(bundle.stageFile(stage)),
                exit -> TorchModule.forInference(bundle.exitFile(exit)));
    }

    /**
     * Loads the stages and the frozen exits for inference, and the other exits to be trained.
     *
     * @param exitFile where each exit that is not frozen lies, by its file name in the bundle
     */
    public static ModelModules forExitTraining(ModelBundle bundle, Function<String, Path> exitFile) {
        return load(bundle, stage -> TorchModule.forInference(bundle.stageFile(stage)), index -> {
            Manifest.Exit exit = bundle.manifest().exits().get(index);
            return exit.frozen()
                    ? TorchModule.forInference(bundle.exitFile(index))
                    : TorchModule.forTraining(exitFile.apply(exit.file()));
        });
    }

    /**
     * Loads stages and exits to be trained.
     *
     * @param file where each module lies, by its file name in the bundle
     */
    public static ModelModules forTraining(ModelBundle bundle, Function<String, Path> file) {
        Manifest manifest = bundle.manifest();
        return load(
                bundle,
                stage -> forTraining(manifest.stages().get(stage), file),
                exit -> TorchModule.forTraining(
                        file.apply(manifest.exits().get(exit).file())));
    }

    /**
     * Loads a stage to be trained; one without parameters, as in front of a first network, has nothing to learn.
     *
     * @param file where it lies, by its file name in the bundle
     */
    public static TorchModule forTraining(Manifest.Stage stage, Function<String, Path> file) {
        Path module = file.apply(stage.file());
        return stage.parameters() == 0 ? TorchModule.forInference(module) : TorchModule.forTraining(module);
    }

    private static ModelModules load(
            ModelBundle bundle, IntFunction<TorchModule> loadStage, IntFunction<TorchModule> loadExit) {
        ModelModules modules = new ModelModules(new ArrayList<>(), new ArrayList<>());
        try {
            for (int stage = 0; stage <= bundle.earlyExits(); stage++) {
                modules.stages.add(loadStage.apply(stage));
            }
            for (int exit = 0; exit < bundle.earlyExits(); exit++) {
                modules.exits.add(loadExit.apply(exit));
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
