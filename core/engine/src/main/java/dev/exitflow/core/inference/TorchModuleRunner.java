package dev.exitflow.core.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.ModelModules;
import dev.exitflow.core.bundle.PyTorchRuntime;

/** Runs a bundle's TorchScript modules, each in one native call. */
final class TorchModuleRunner implements ModuleRunner {

    private final ModelModules modules;

    /** Loads the modules; on the thread that will run them. */
    TorchModuleRunner(ModelBundle bundle) {
        PyTorchRuntime.useSimpleExecutor();
        this.modules = ModelModules.forInference(bundle);
    }

    @Override
    public NDArray stage(int stage, NDArray features) {
        return modules.stages().get(stage).forward(new NDList(features), false).head();
    }

    @Override
    public NDList head(int exit, NDArray features) {
        return modules.exits().get(exit).forward(new NDList(features), false);
    }

    @Override
    public void close() {
        modules.close();
    }
}
