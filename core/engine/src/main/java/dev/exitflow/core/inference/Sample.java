package dev.exitflow.core.inference;

import dev.exitflow.core.image.EncodedImage;

/**
 * One image to classify.
 *
 * @param id chooses the shadow samples
 * @param source chooses the policy
 * @param image as it arrived; decoded on a worker
 */
public record Sample(String id, String source, EncodedImage image) {}
