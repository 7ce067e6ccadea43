package dev.exitflow.ops.bench;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslatorContext;

/** Between floats in Java's memory and a backbone's tensors, for DJL's predictors: normalised pixels in, probabilities out. */
final class BackboneTranslator implements NoBatchifyTranslator<float[], float[]> {

    private final Shape image;

    /** @param image (C, H, W) */
    BackboneTranslator(Shape image) {
        this.image = image;
    }

    /** @param pixels (N, C, H, W) */
    @Override
    public NDList processInput(TranslatorContext context, float[] pixels) {
        Shape batch = new Shape(pixels.length / image.size()).addAll(image);
        return new NDList(context.getNDManager().create(pixels, batch));
    }

    /** Returns probabilities (N, classes). */
    @Override
    public float[] processOutput(TranslatorContext context, NDList output) {
        return output.head().toFloatArray();
    }
}
