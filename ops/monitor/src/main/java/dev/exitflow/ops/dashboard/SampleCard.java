package dev.exitflow.ops.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.exitflow.schema.Prediction;

/**
 * One image and what was made of it.
 *
 * @param id of the image
 * @param source that it came from
 * @param model that answered
 * @param label its class by the model
 * @param trueLabel its class where that is known; null where not
 * @param exit it left at
 * @param exits of the model, the backbone's classifier included
 * @param confidence at that exit
 * @param threshold in force there
 * @param agrees whether the backbone says the same; null where it was not asked
 * @param image as a data URI; null where it is not in the topic any more, or too large to show
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SampleCard(
        String id,
        String source,
        String model,
        String label,
        String trueLabel,
        int exit,
        int exits,
        double confidence,
        double threshold,
        Boolean agrees,
        String image) {

    static SampleCard of(Prediction prediction, String image) {
        return new SampleCard(
                prediction.getId(),
                prediction.getSource(),
                prediction.getModel(),
                prediction.getLabel(),
                prediction.getTrueLabel().orElse(null),
                prediction.getExit(),
                prediction.getExitCount(),
                prediction.getConfidence(),
                prediction.getThreshold(),
                prediction.getBackboneAgrees().orElse(null),
                image);
    }
}
