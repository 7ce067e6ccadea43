package dev.exitflow.ops.trust;

import dev.exitflow.schema.Prediction;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The account of a hostile stream: each record's one outcome, held against what was sent. */
final class HostileAudit {

    private final HostileTraffic traffic;
    private final TinyImages images;
    private final Map<Integer, BitSet> seen = new HashMap<>();
    private final Map<String, Long> reasons = new TreeMap<>();
    private long predictions;
    private long duplicates;
    private long goodAnswered;
    private long wrongAnswers;
    private long wrongReasons;
    private long changedBytes;

    HostileAudit(HostileTraffic traffic, TinyImages images) {
        this.traffic = traffic;
        this.images = images;
    }

    void add(Outcome outcome) {
        BitSet ofPartition = seen.computeIfAbsent(outcome.partition(), partition -> new BitSet());
        duplicates += ofPartition.get(Math.toIntExact(outcome.offset())) ? 1 : 0;
        ofPartition.set(Math.toIntExact(outcome.offset()));
        HostileTraffic.Sent sent = traffic.at(outcome.partition(), outcome.offset());
        if (outcome.prediction().isPresent()) {
            predictions++;
            predicted(sent, outcome.prediction().get());
        } else {
            reasons.merge(outcome.reason(), 1L, Long::sum);
            boolean rightly =
                    sent.kind().map(kind -> kind.allows(outcome.reason())).orElse(false);
            wrongReasons += rightly ? 0 : 1;
            changedBytes += outcome.valueHash() == sent.hash() ? 0 : 1;
        }
    }

    private void predicted(HostileTraffic.Sent sent, Prediction prediction) {
        boolean right;
        if (sent.kind().isPresent()) {
            right = !sent.kind().get().isCertain(); // a mutation that left an image
        } else {
            goodAnswered++;
            right = prediction.getId().equals("image-" + sent.index())
                    && prediction.getLabelIndex() == images.label(sent.index(), prediction.getExit())
                    && prediction.getPolicyVersion() == 0
                    && prediction.getThreshold() == 1;
        }
        wrongAnswers += right ? 0 : 1;
    }

    long missing() {
        return traffic.count()
                - seen.values().stream().mapToLong(BitSet::cardinality).sum();
    }

    /** Whether everything has its one outcome, and the right one. */
    boolean isGood() {
        return missing() == 0
                && duplicates == 0
                && goodAnswered == traffic.goodCount()
                && wrongAnswers == 0
                && wrongReasons == 0
                && changedBytes == 0;
    }

    Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("policies", traffic.policies());
        figures.put("records", traffic.count());
        figures.put("bad", traffic.count() - traffic.goodCount());
        figures.put("good", traffic.goodCount());
        figures.put("goodAnswered", goodAnswered);
        figures.put("predictions", predictions);
        figures.put("deadLetters", reasons);
        figures.put("missing", missing());
        figures.put("duplicates", duplicates);
        figures.put("wrongAnswers", wrongAnswers);
        figures.put("wrongReasons", wrongReasons);
        figures.put("changedBytes", changedBytes);
        return figures;
    }
}
