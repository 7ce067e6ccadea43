package dev.exitflow.core.calibration;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleCheck;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.ModelModules;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.image.Preprocessor;
import java.util.function.IntConsumer;

/** Runs a whole model, every stage and every exit, over a set of images. Not safe for use by several threads. */
public final class ExitTracer implements AutoCloseable {

    private static final int BATCH = 64;

    private final Manifest manifest;
    private final Preprocessor preprocessor;
    private final ModelModules modules;

    /**
     * Checks and loads the model.
     *
     * @throws ExitflowException if PyTorch does not compute on this machine what the model's modules mean
     */
    public ExitTracer(ModelBundle bundle) {
        BundleCheck.require(bundle);
        this.manifest = bundle.manifest();
        this.preprocessor = new Preprocessor(manifest.input());
        PyTorchRuntime.useSimpleExecutor();
        this.modules = ModelModules.forInference(bundle);
    }

    /**
     * Traces every image once.
     *
     * @param progress hears how many images are done
     * @throws ExitflowException if the images are not of the model's size or classes
     */
    public ExitTraces trace(ImageSet set, IntConsumer progress) {
        ImageSet images = set.forModel(manifest);
        int count = images.size();
        TraceSheet sheet = new TraceSheet(manifest.scales(), images);
        float[] pixels = new float[BATCH * preprocessor.floatsPerImage()];
        try (NDManager manager = PyTorchRuntime.newManager()) {
            for (int from = 0; from < count; from += BATCH) {
                int rows = Math.min(BATCH, count - from);
                for (int row = 0; row < rows; row++) {
                    preprocessor.write(images.image(from + row), pixels, row * preprocessor.floatsPerImage());
                }
                try (NDManager scope = manager.newSubManager()) {
                    traceBatch(scope, pixels, rows, from, sheet);
                }
                progress.accept(from + rows);
            }
        }
        return sheet.toTraces();
    }

    private void traceBatch(NDManager scope, float[] pixels, int rows, int from, TraceSheet sheet) {
        Manifest.Input input = manifest.input();
        NDArray features = scope.create(
                java.nio.FloatBuffer.wrap(pixels, 0, rows * preprocessor.floatsPerImage()),
                new Shape(rows, input.channels(), input.height(), input.width()));
        for (int stage = 0; stage < modules.stages().size(); stage++) {
            features = modules.stages()
                    .get(stage)
                    .forward(new NDList(features), false)
                    .head();
            NDArray probabilities = features;
            if (stage < modules.exits().size()) {
                NDList answer = modules.exits().get(stage).forward(new NDList(features), false);
                probabilities = answer.get(0);
                sheet.addExit(
                        stage, from, probabilities.toFloatArray(), answer.get(1).toFloatArray());
            }
            sheet.addAnswers(stage, from, probabilities.argMax(1).toLongArray());
        }
    }

    @Override
    public void close() {
        modules.close();
    }
}
