package dev.exitflow.core.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.exitflow.core.bundle.ConfidenceScale;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.ModelModules;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.image.Preprocessor;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * One copy of a model, run stage by stage: stage, exit head, samples that leave are answered at once, the rest go on.
 *
 * <p>Work that no sample needs is not done: the rest of a batch is compacted after every exit, and a batch with no one left
 * stops; a head at which the policy lets no one leave does not run. Not safe for use by several threads; make, use and close it on one.
 */
public final class EarlyExitEngine implements AutoCloseable {

    private final Manifest.Input input;
    private final int classes;
    private final FlopsLedger ledger;
    private final List<ConfidenceScale> scales;
    private final Preprocessor preprocessor;
    private final ModelModules modules;
    private final NDManager manager;

    /** Loads the model's modules. */
    public EarlyExitEngine(ModelBundle bundle) {
        this.input = bundle.manifest().input();
        this.classes = bundle.manifest().labels().size();
        this.ledger = new FlopsLedger(bundle.manifest());
        this.scales = bundle.manifest().scales();
        this.preprocessor = new Preprocessor(input);
        PyTorchRuntime.useSimpleExecutor();
        this.manager = PyTorchRuntime.newManager();
        this.modules = ModelModules.forInference(bundle);
    }

    /** An empty batch of this model's image size. */
    public InferenceBatch newBatch(int capacity) {
        return new InferenceBatch(capacity, preprocessor);
    }

    /**
     * Classifies a batch.
     *
     * @param batch at least one row
     * @param listener hears every row's outcome before this method returns, unless it throws
     * @throws RuntimeException if native code fails; rows not answered yet are then lost
     */
    public void classify(InferenceBatch batch, AnswerListener listener) {
        Survivors survivors = new Survivors(batch, ledger, scales, listener, System.nanoTime());
        try (NDManager scope = manager.newSubManager()) {
            NDArray features = scope.create(
                    FloatBuffer.wrap(batch.pixels(), 0, batch.size() * preprocessor.floatsPerImage()),
                    new Shape(batch.size(), input.channels(), input.height(), input.width()));
            for (int exit = 0; exit < ledger.lastExit(); exit++) {
                features = modules.stages()
                        .get(exit)
                        .forward(new NDList(features), false)
                        .head();
                survivors.stageRan(exit);
                if (!survivors.anyCanLeave(exit)) {
                    // T = 1 for all, or only shadow samples are left: they want the backbone's word, not another
                    // head's.
                    continue;
                }
                NDList answers = modules.exits().get(exit).forward(new NDList(features), false);
                float[] probabilities = requireShape(answers.get(0), survivors.size(), classes, exit);
                float[] confidences = requireShape(answers.get(1), survivors.size(), 1, exit);
                long[] staying = survivors.decide(exit, probabilities, confidences);
                if (staying.length == 0) {
                    return;
                }
                if (staying.length < features.getShape().get(0)) {
                    features = features.get(new NDIndex("{}", scope.create(staying)));
                }
            }
            NDArray answers = modules.stages()
                    .get(ledger.lastExit())
                    .forward(new NDList(features), false)
                    .head();
            survivors.stageRan(ledger.lastExit());
            survivors.conclude(ledger.lastExit(), requireShape(answers, survivors.size(), classes, ledger.lastExit()));
        }
    }

    private static float[] requireShape(NDArray answers, int rows, int columns, int exit) {
        Shape shape = answers.getShape();
        if (shape.dimension() != 2 || shape.get(0) != rows || shape.get(1) != columns) {
            throw new IllegalStateException(
                    String.format("exit %d answered in shape %s, expected (%d, %d)", exit, shape, rows, columns));
        }
        return answers.toFloatArray();
    }

    @Override
    public void close() {
        modules.close();
        manager.close();
    }
}
