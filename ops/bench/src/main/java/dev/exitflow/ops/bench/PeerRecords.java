package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.image.Preprocessor;
import dev.exitflow.schema.Decoded;
import dev.exitflow.schema.ImageRecord;
import dev.exitflow.schema.Prediction;
import dev.exitflow.schema.RecordCodec;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.topic.Topics;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Map;

/**
 * What others than Exitflow do around a full backbone, in the same records: they read raw images and write predictions.
 *
 * <p>Safe for use by several threads.
 */
final class PeerRecords {

    private final ModelBundle bundle;
    private final Topics topics;
    private final String instance;
    private final RecordCodec<ImageRecord> images;
    private final RecordCodec<Prediction> predictions;
    private final Preprocessor preprocessor;
    private final FlopsLedger ledger;
    private final InstantSource clock = InstantSource.system();

    /** @param instance the peer's name in its predictions */
    PeerRecords(ModelBundle bundle, Topics topics, String instance) {
        RecordCodecs codecs = RecordCodecs.from(Map.of());
        this.bundle = bundle;
        this.topics = topics;
        this.instance = instance;
        this.images = codecs.imageRecords();
        this.predictions = codecs.predictions();
        this.preprocessor = new Preprocessor(bundle.manifest().input());
        this.ledger = new FlopsLedger(bundle.manifest());
    }

    /** Floats of one image, C·H·W. */
    int floatsPerImage() {
        return preprocessor.floatsPerImage();
    }

    /** Reads a record's value; the bench sends none that cannot be read. */
    ImageRecord image(byte[] value) {
        if (images.decode(topics.images().name(), value) instanceof Decoded.Value<ImageRecord> image) {
            return image.value();
        }
        throw new ExitflowException("%s: a record that is no image, expected only the bench's own", topics.images());
    }

    /**
     * Writes an image's normalised pixels.
     *
     * @param out receives (C, H, W) from {@code offset} on
     */
    void pixels(ImageRecord image, float[] out, int offset) {
        ByteBuffer data = image.getData().duplicate();
        byte[] rgb = new byte[data.remaining()];
        data.get(rgb);
        preprocessor.write(rgb, out, offset);
    }

    /**
     * The prediction that a backbone's answer makes.
     *
     * @param probabilities of all classes, from {@code offset} on
     */
    byte[] prediction(ImageRecord image, float[] probabilities, int offset, int batchSize) {
        int classes = bundle.manifest().labels().size();
        int label = 0;
        for (int index = 1; index < classes; index++) {
            label = probabilities[offset + index] > probabilities[offset + label] ? index : label;
        }
        Prediction prediction = Prediction.newBuilder()
                .setId(image.getId())
                .setSource(image.getSource())
                .setModel(bundle.name())
                .setModelVersion(bundle.manifest().version())
                .setModelDigest(bundle.digest())
                .setLabel(bundle.manifest().labels().get(label))
                .setLabelIndex(label)
                .setProbability(probabilities[offset + label])
                .setConfidence(probabilities[offset + label])
                .setExit(ledger.lastExit())
                .setExitCount(ledger.lastExit() + 1)
                .setFlops(ledger.backbone())
                .setFullFlops(ledger.backbone())
                .setPaperFlops(ledger.backbone())
                .setPolicyVersion(0)
                .setThreshold(1)
                .setTrueLabel(image.getLabel().orElse(null))
                .setBatchSize(batchSize)
                .setQueueNanos(0)
                .setInferenceNanos(0)
                .setInstance(instance)
                .setCapturedAt(image.getCapturedAt())
                .setProducedAt(clock.instant())
                .build();
        return predictions.encode(topics.predictions().name(), prediction);
    }
}
