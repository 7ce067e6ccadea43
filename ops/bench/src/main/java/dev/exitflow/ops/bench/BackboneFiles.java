package dev.exitflow.ops.bench;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A bundle's backbone in one piece, without exits, as others would have it.
 *
 * @param torchScript (N, C, H, W) in, probabilities (N, classes) out
 * @param onnx the same
 */
public record BackboneFiles(Path torchScript, Path onnx) {

    /** Loads it for PyTorch. */
    ZooModel<float[], float[]> loadTorchScript(Manifest.Input input) {
        return load(
                criteria(input).optEngine("PyTorch").optModelPath(torchScript).build());
    }

    /**
     * Loads it for ONNX Runtime.
     *
     * @param threads that work on one batch
     */
    ZooModel<float[], float[]> loadOnnx(Manifest.Input input, int threads) {
        return load(criteria(input)
                .optEngine("OnnxRuntime")
                .optModelPath(onnx)
                .optOption("intraOpNumThreads", Integer.toString(threads))
                .build());
    }

    private static Criteria.Builder<float[], float[]> criteria(Manifest.Input input) {
        return Criteria.builder()
                .setTypes(float[].class, float[].class)
                .optDevice(Device.cpu())
                .optTranslator(new BackboneTranslator(new Shape(input.channels(), input.height(), input.width())));
    }

    private static ZooModel<float[], float[]> load(Criteria<float[], float[]> criteria) {
        try {
            return criteria.loadModel();
        } catch (IOException | ModelNotFoundException | MalformedModelException e) {
            throw new ExitflowException("a backbone to compare with does not load: " + e.getMessage(), e);
        }
    }
}
