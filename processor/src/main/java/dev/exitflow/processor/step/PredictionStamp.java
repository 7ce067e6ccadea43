package dev.exitflow.processor.step;

import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.inference.Classified;
import dev.exitflow.core.inference.RankedClass;
import dev.exitflow.schema.ClassProbability;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.Prediction;
import java.time.InstantSource;

/**
 * Turns an answer into a prediction that says who made it, under which policy and at what cost.
 *
 * <p>Safe for use by several threads.
 */
public final class PredictionStamp {

    private final ModelBundle bundle;
    private final FlopsLedger ledger;
    private final String instance;
    private final InstantSource clock;

    /** @param instance name of this process */
    public PredictionStamp(ModelBundle bundle, String instance, InstantSource clock) {
        this.bundle = bundle;
        this.ledger = new FlopsLedger(bundle.manifest());
        this.instance = instance;
        this.clock = clock;
    }

    Prediction stamp(ImageRecord image, RecordPosition position, Classified answer) {
        boolean byBackbone = answer.exit() == ledger.lastExit();
        return Prediction.newBuilder()
                .setId(image.getId())
                .setSource(image.getSource())
                .setModel(bundle.name())
                .setModelVersion(bundle.manifest().version())
                .setModelDigest(bundle.digest())
                .setLabel(bundle.manifest().labels().get(answer.label()))
                .setLabelIndex(answer.label())
                .setProbability(answer.probability())
                .setTop(
                        answer.top().isEmpty()
                                ? null
                                : answer.top().stream().map(this::named).toList())
                .setConfidence(byBackbone ? answer.probability() : answer.confidence())
                .setExit(answer.exit())
                .setExitCount(ledger.lastExit() + 1)
                .setFlops(answer.flops())
                .setFullFlops(ledger.backbone())
                .setPaperFlops(answer.paperFlops())
                .setShadowFlops(answer.shadowFlops())
                .setPolicyVersion(answer.policy().version())
                .setThreshold(answer.threshold(ledger.lastExit()))
                .setBackboneAgrees(answer.backboneAgrees())
                .setTrueLabel(image.getLabel().orElse(null))
                .setBatchSize(answer.batchSize())
                .setQueueNanos(answer.queueNanos())
                .setInferenceNanos(answer.inferenceNanos())
                .setInstance(instance)
                .setImagePartition(position.partition())
                .setImageOffset(position.offset())
                .setCapturedAt(image.getCapturedAt())
                .setProducedAt(clock.instant())
                .build();
    }

    private ClassProbability named(RankedClass ranked) {
        return ClassProbability.newBuilder()
                .setLabel(bundle.manifest().labels().get(ranked.label()))
                .setLabelIndex(ranked.label())
                .setProbability(ranked.probability())
                .build();
    }
}
