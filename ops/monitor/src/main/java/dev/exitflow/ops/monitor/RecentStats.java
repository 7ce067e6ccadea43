package dev.exitflow.ops.monitor;

import dev.exitflow.schema.ExitStats;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The last minutes of every model, second by second, in memory. Safe for use by several threads. */
public final class RecentStats {

    /** How long after its end a second is known, as a rule: partitions, grace and two commits. */
    private static final Duration REPORT_DELAY = Duration.ofSeconds(2);

    private final Duration kept;
    private final InstantSource clock;
    private final Map<String, NavigableMap<Instant, ExitStats>> windows = new HashMap<>();
    private final Map<String, AgreementTrack> tracks = new HashMap<>();
    private final Map<String, NavigableMap<Instant, StatsSummary.Agreement>> agreements = new HashMap<>();

    /** @param kept how far back windows are remembered */
    public RecentStats(Duration kept, InstantSource clock) {
        this.kept = kept;
        this.clock = clock;
    }

    /**
     * Adds a record of the statistics topic; one of a window that is there already adds up with it.
     *
     * @return the whole window as it is now; the record itself where it is older than what is remembered
     * @throws IllegalArgumentException when it contradicts itself, its latencies cannot be read, or it is of minutes after now; it is not added
     *     then
     */
    public synchronized ExitStats add(ExitStats stats) {
        StatsCheck.require(stats, clock.millis());
        WindowTally tally = new WindowTally();
        tally.add(stats);
        Instant oldest = clock.instant().minus(kept);
        if (stats.getWindowStart().isBefore(oldest)) {
            return stats;
        }
        NavigableMap<Instant, ExitStats> ofModel = windows.computeIfAbsent(stats.getModel(), absent -> new TreeMap<>());
        ofModel.headMap(oldest).clear();
        ExitStats before = ofModel.get(stats.getWindowStart());
        ExitStats now = stats;
        if (before != null) {
            tally.add(before);
            now = tally.toReport(
                    stats.getModel(),
                    stats.getWindowStart().toEpochMilli(),
                    stats.getWindowEnd().toEpochMilli());
        }
        ofModel.put(stats.getWindowStart(), now);
        AgreementTrack track = tracks.computeIfAbsent(stats.getModel(), absent -> new AgreementTrack());
        track.add(stats);
        NavigableMap<Instant, StatsSummary.Agreement> known =
                agreements.computeIfAbsent(stats.getModel(), absent -> new TreeMap<>());
        known.headMap(oldest).clear();
        track.agreement().ifPresent(agreement -> known.put(stats.getWindowStart(), agreement));
        return now;
    }

    /**
     * The live agreement of a model as it was known with a window.
     *
     * @return empty without samples until then
     */
    public synchronized Optional<StatsSummary.Agreement> agreementAt(String model, Instant windowStart) {
        return Optional.ofNullable(
                        agreements.getOrDefault(model, new TreeMap<>()).floorEntry(windowStart))
                .map(Map.Entry::getValue);
    }

    /**
     * The live agreement of a model under a policy, with bounds that may be looked at all the time.
     *
     * @param version of the policy
     * @return empty without samples under it
     */
    public synchronized Optional<StatsSummary.Agreement> agreementUnder(String model, long version) {
        return Optional.ofNullable(tracks.get(model))
                .filter(track -> track.versions().contains(version))
                .flatMap(AgreementTrack::agreement);
    }

    /** The models that anything was heard of, sorted. */
    public synchronized SortedSet<String> models() {
        return new TreeSet<>(windows.keySet());
    }

    /** A model's windows that start at this instant or later, the earliest first; seconds without predictions have none. */
    public synchronized List<ExitStats> since(String model, Instant start) {
        return List.copyOf(ofModel(model).tailMap(start).values());
    }

    /** The last {@code span} that is known of a model; seconds that should be known and are not had no predictions. */
    public synchronized StatsSummary last(String model, Duration span) {
        Instant due = clock.instant().minus(REPORT_DELAY);
        Instant to = Optional.ofNullable(ofModel(model).lastEntry())
                .map(last -> last.getValue().getWindowEnd())
                .filter(end -> end.isAfter(due))
                .orElse(due);
        return between(model, to.minus(span), to);
    }

    /** What a model did in the windows that start in between. */
    public synchronized StatsSummary between(String model, Instant from, Instant to) {
        WindowTally tally = new WindowTally();
        ofModel(model).subMap(from, to).values().forEach(tally::add);
        return new StatsSummary(
                from,
                to,
                tally.toReport(model, from.toEpochMilli(), to.toEpochMilli()),
                Optional.ofNullable(tracks.get(model)).flatMap(AgreementTrack::agreement));
    }

    /** What the shadow samples of the windows that start in between say together; empty without samples. */
    public synchronized Optional<StatsSummary.Agreement> agreement(String model, Instant from, Instant to) {
        long samples = 0;
        long agreements = 0;
        for (ExitStats window : ofModel(model).subMap(from, to).values()) {
            samples += window.getShadowSamples();
            agreements += window.getShadowAgreements();
        }
        return StatsSummary.agreement(agreements, samples);
    }

    /** What the newest images under one policy cost; empty without images, and where several policies were in force in the newest second. */
    public synchronized Optional<PolicyCost> newestCost(String model) {
        return PolicyCost.of(ofModel(model).descendingMap().values());
    }

    private NavigableMap<Instant, ExitStats> ofModel(String model) {
        return windows.getOrDefault(model, new TreeMap<>());
    }
}
