package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.exitflow.core.bundle.TorchModule;
import java.util.ArrayList;
import java.util.List;

/** What a frozen backbone yields, stage by stage. */
final class StageOutputs {

    private StageOutputs() {}

    /**
     * The output of every stage; the last is the backbone's probabilities, (N, K).
     *
     * <p>They are copies, since autograd refuses what inference mode yields, even when a trainable module is only evaluated.
     *
     * @param pixels (N, C, H, W), normalised
     */
    static List<NDArray> of(NDArray pixels, List<TorchModule> stages) {
        List<NDArray> outputs = new ArrayList<>();
        NDArray current = pixels;
        for (TorchModule stage : stages) {
            current = stage.forward(new NDList(current), false).head();
            outputs.add(current.duplicate());
        }
        return outputs;
    }
}
