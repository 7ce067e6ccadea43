package dev.exitflow.ops.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.ops.autopilot.PilotSeat;
import dev.exitflow.ops.dashboard.CapacityBoard.CapacityCard;
import dev.exitflow.ops.dashboard.EventHub.Event;
import dev.exitflow.ops.monitor.Monitor;
import dev.exitflow.ops.monitor.Pulse;
import dev.exitflow.ops.monitor.RecentStats;
import dev.exitflow.schema.ExitStats;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What open pages are told: everything at first, then whatever is new. Safe for use by several threads.
 */
final class LiveFeed implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LiveFeed.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SAMPLE_INTERVAL = Duration.ofMillis(1_500);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Monitor monitor;
    private final List<Knob> knobs;
    private final Optional<PilotSeat> pilot;
    private final CapacityBoard capacities;
    private final Double agreementFloor;
    private final Map<String, ModelCard> models = new TreeMap<>();
    private final PolicyLog policies;
    private final SampleShelf shelf;
    private final EventHub hub = new EventHub();
    private final Deque<PulseCard> pulses = new ArrayDeque<>();
    private final Map<Long, PolicyCard> toldPolicies = new HashMap<>();
    private final ScheduledExecutorService sampler;
    private final ShiftWatch shiftWatch;
    private List<ShiftCard> shifts = List.of();
    private String toldControls = "";

    /** Everything, for a page that opens. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record State(
            Double agreementFloor,
            List<ModelCard> models,
            List<WindowCard> windows,
            List<PulseCard> pulses,
            List<PolicyCard> policies,
            List<SampleCard> samples,
            List<ShiftCard> shifts,
            Controls controls) {}

    /**
     * A second of the processors.
     *
     * @param t when, milliseconds since 1970
     * @param backlog images that wait; null where not known
     * @param waitedSeconds for how long the longest of them has, at least; null likewise
     * @param instances processors by name
     * @param capacities what each model sustains, as far as known
     * @param problem why the brokers do not say; null while they do
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record PulseCard(
            long t,
            Long backlog,
            Long waitedSeconds,
            List<String> instances,
            List<CapacityCard> capacities,
            String problem) {

        static PulseCard of(Pulse pulse, List<CapacityCard> capacities) {
            return new PulseCard(
                    pulse.at().toEpochMilli(),
                    pulse.backlog().isPresent() ? (Long) pulse.backlog().getAsLong() : null,
                    pulse.waited().map(waited -> waited.longest().toSeconds()).orElse(null),
                    List.copyOf(pulse.instances()),
                    capacities,
                    pulse.problem().orElse(null));
        }
    }

    /** What of this process can be moved, beside policies. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Controls(List<KnobCard> knobs, PilotSeat.Status pilot) {}

    private record KnobCard(String name, String label, String unit, Knob.Range range, double value) {}

    LiveFeed(Monitor monitor, DashboardSettings settings, Dashboard.Parts parts) {
        this.monitor = monitor;
        this.knobs = parts.knobs();
        this.pilot = parts.pilot();
        this.capacities = new CapacityBoard(parts.capacity(), monitor.recent());
        this.agreementFloor = settings.agreementFloor().isPresent()
                ? (Double) settings.agreementFloor().getAsDouble()
                : null;
        settings.bundles().forEach(bundle -> models.put(bundle.name(), ModelCard.of(bundle)));
        this.shelf = new SampleShelf(monitor.settings(), new Random(), InstantSource.system());
        this.policies = new PolicyLog(monitor, InstantSource.system());
        this.shiftWatch = new ShiftWatch(monitor.registry(), settings.bundles(), monitor.recent());
        this.sampler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "exitflow-samples");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Begins to tell. */
    @SuppressWarnings("FutureReturnValueIgnored") // tellSamples never throws
    void start() {
        monitor.onWindow(this::tell);
        monitor.onPulse(this::tell);
        sampler.scheduleWithFixedDelay(this::tellSamples, 0, SAMPLE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    EventHub hub() {
        return hub;
    }

    /** Everything that is known now, as the event that a page begins with. */
    synchronized Event state() {
        RecentStats recent = monitor.recent();
        recent.models().forEach(this::modelCard);
        List<WindowCard> windows = recent.models().stream()
                .flatMap(model -> recent.since(model, Instant.EPOCH).stream()
                        .map(window -> WindowCard.of(window, recent.agreementAt(model, window.getWindowStart()))))
                .toList();
        return event(
                "state",
                new State(
                        agreementFloor,
                        List.copyOf(models.values()),
                        windows,
                        List.copyOf(pulses),
                        policies.cards(),
                        shelf.cards(),
                        shifts,
                        controls()));
    }

    private ModelCard modelCard(String model) {
        return models.computeIfAbsent(model, ModelCard::unknown);
    }

    private synchronized void tell(ExitStats window) {
        if (!models.containsKey(window.getModel())) {
            hub.publish(event("model", modelCard(window.getModel())));
        }
        WindowCard card =
                WindowCard.of(window, monitor.recent().agreementAt(window.getModel(), window.getWindowStart()));
        hub.publish(event("window", card));
    }

    private synchronized void tell(Pulse pulse) {
        List<PolicyCard> known = policies.cards();
        PulseCard card = PulseCard.of(pulse, capacities.at(pulse, known, models.values()));
        pulses.addLast(card);
        while (pulses.peekFirst().t() < card.t() - Monitor.MEMORY.toMillis()) {
            pulses.removeFirst();
        }
        hub.publish(event("pulse", card));
        for (PolicyCard policy : known) {
            if (!policy.equals(toldPolicies.put(policy.id(), policy))) {
                hub.publish(event("policy", policy));
            }
        }
        List<ShiftCard> before = shifts;
        shifts = shiftWatch.look(known);
        if (!shifts.equals(before)) {
            hub.publish(event("shifts", shifts));
        }
        tellControls();
    }

    /** What can be moved and has been, by this page or another, or by itself. */
    synchronized void tellControls() {
        Event event = event("controls", controls());
        if (!event.json().equals(toldControls)) {
            toldControls = event.json();
            hub.publish(event);
        }
    }

    private void tellSamples() {
        if (!hub.hasListeners()) {
            return;
        }
        try {
            List<SampleCard> fresh = shelf.refill();
            if (!fresh.isEmpty()) {
                hub.publish(event("samples", fresh));
            }
        } catch (KafkaException | ExitflowException e) {
            LOG.debug("no sample images at the moment", e);
        }
    }

    private Controls controls() {
        return new Controls(
                knobs.stream()
                        .map(knob -> new KnobCard(
                                knob.name(),
                                knob.label(),
                                knob.unit(),
                                knob.range(),
                                knob.value().getAsDouble()))
                        .toList(),
                pilot.map(PilotSeat::status).orElse(null));
    }

    private static Event event(String name, Object content) {
        try {
            return new Event(name, JSON.writeValueAsString(content));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(content.getClass() + " cannot be written as JSON", e);
        }
    }

    @Override
    public void close() {
        hub.close();
        sampler.shutdown();
        try {
            sampler.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        policies.close();
        shelf.close();
    }
}
