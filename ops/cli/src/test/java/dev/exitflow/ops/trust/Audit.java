package dev.exitflow.ops.trust;

import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.schema.Prediction;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The account of one round: every image's outcomes, held against what was sent, what the bare engine answers, and which policies
 * were written.
 */
final class Audit {

    private final TinyImages images;
    private final List<ConsumerRecord<byte[], byte[]>> policies;
    private final Map<String, PolicyTimeline> timelines = new HashMap<>();
    private final Map<String, PolicyTimeline.Walk> walks = new HashMap<>();
    private final Map<Integer, BitSet> seen = new HashMap<>();
    private final Map<String, Long> lastOffsets = new HashMap<>();
    private long predictions;
    private long deadLetters;
    private long duplicates;
    private long outOfOrder;
    private long wrongAnswers;
    private long wrongStamps;

    Audit(TinyImages images, List<ConsumerRecord<byte[], byte[]>> policies) {
        this.images = images;
        this.policies = policies;
    }

    /**
     * What was found.
     *
     * @param records of the images topic
     * @param missing images without an outcome
     * @param duplicates outcomes of images that had one already
     * @param outOfOrder first outcomes that came before an earlier image's of the same partition and topic
     * @param wrongAnswers predictions of bad images, dead letters of good ones, or another label than the bare engine's
     * @param wrongStamps predictions whose version, T, exit and shadow run fit no policy that was in force then
     * @param policies records of the control topic
     */
    record Findings(
            long records,
            long predictions,
            long deadLetters,
            long missing,
            long duplicates,
            long outOfOrder,
            long wrongAnswers,
            long wrongStamps,
            long policies) {

        static final Findings NONE = new Findings(0, 0, 0, 0, 0, 0, 0, 0, 0);

        Findings plus(Findings other) {
            return new Findings(
                    records + other.records,
                    predictions + other.predictions,
                    deadLetters + other.deadLetters,
                    missing + other.missing,
                    duplicates + other.duplicates,
                    outOfOrder + other.outOfOrder,
                    wrongAnswers + other.wrongAnswers,
                    wrongStamps + other.wrongStamps,
                    policies + other.policies);
        }

        /** Whether nothing is wrong, apart from what was done twice. */
        boolean isCompleteAndRight() {
            return missing + outOfOrder + wrongAnswers + wrongStamps == 0;
        }

        /** For a summary. */
        Map<String, Object> figures() {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("records", records);
            figures.put("predictions", predictions);
            figures.put("deadLetters", deadLetters);
            figures.put("missing", missing);
            figures.put("duplicates", duplicates);
            figures.put("outOfOrder", outOfOrder);
            figures.put("wrongAnswers", wrongAnswers);
            figures.put("wrongStamps", wrongStamps);
            figures.put("policies", policies);
            return figures;
        }
    }

    /**
     * What was found in all outcomes.
     *
     * @param ends of the images topic, by partition, which was written without transactions
     */
    Findings findings(Map<Integer, Long> ends) {
        long records = ends.values().stream().mapToLong(Long::longValue).sum();
        long answered = seen.values().stream().mapToLong(BitSet::cardinality).sum();
        return new Findings(
                records,
                predictions,
                deadLetters,
                records - answered,
                duplicates,
                outOfOrder,
                wrongAnswers,
                wrongStamps,
                policies.size());
    }

    /** Takes one outcome; those of a partition in their order. */
    void add(Outcome outcome) {
        BitSet ofPartition = seen.computeIfAbsent(outcome.partition(), partition -> new BitSet());
        int offset = Math.toIntExact(outcome.offset());
        if (ofPartition.get(offset)) {
            duplicates++;
        } else {
            ofPartition.set(offset);
            Long before = lastOffsets.put(
                    outcome.partition() + (outcome.prediction().isPresent() ? "p" : "d"), outcome.offset());
            outOfOrder += before != null && before > outcome.offset() ? 1 : 0;
        }
        boolean right = outcome.prediction().map(this::isRight).orElseGet(() -> isRightlyRefused(outcome));
        wrongAnswers += right ? 0 : 1;
        outcome.prediction().ifPresent(prediction -> wrongStamps += isStampedRight(prediction) ? 0 : 1);
        if (outcome.prediction().isPresent()) {
            predictions++;
        } else {
            deadLetters++;
        }
    }

    private boolean isRight(Prediction prediction) {
        long index = TinyImages.indexOf(prediction.getId());
        return !TinyImages.isBad(index)
                && prediction.getSource().equals(TinyImages.source(index))
                && prediction.getLabelIndex() == images.label(index, prediction.getExit());
    }

    private static boolean isRightlyRefused(Outcome outcome) {
        return TinyImages.isBad(TinyImages.indexOf(outcome.id()))
                && outcome.reason().equals("UNDECODABLE_IMAGE");
    }

    private boolean isStampedRight(Prediction prediction) {
        String source = prediction.getSource();
        PolicyTimeline timeline =
                timelines.computeIfAbsent(source, name -> new PolicyTimeline(policies, name, ExitPolicy.uniform(0, 1)));
        return walks.computeIfAbsent(prediction.getInstance() + " " + source, life -> timeline.walk())
                .reaches(prediction);
    }
}
