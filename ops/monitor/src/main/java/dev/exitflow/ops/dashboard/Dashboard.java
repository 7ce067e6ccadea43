package dev.exitflow.ops.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.policy.InvalidPolicyException;
import dev.exitflow.ops.autopilot.CapacityGauge;
import dev.exitflow.ops.autopilot.PilotSeat;
import dev.exitflow.ops.control.PolicyConflictException;
import dev.exitflow.ops.dashboard.EventHub.Event;
import dev.exitflow.ops.dashboard.EventHub.Subscription;
import dev.exitflow.ops.monitor.Monitor;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import io.javalin.http.sse.SseClient;
import io.javalin.util.JavalinBindException;
import io.micrometer.core.instrument.Gauge;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A monitor's web server: the page, the events that keep it live, the orders that it sends, metrics and health.
 *
 * <p>Safe for use by several threads.
 */
public final class Dashboard implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Dashboard.class);
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);
    private static final long MOST_BODY_BYTES = 16 << 10;
    private static final int MOST_THREADS = 64;
    private static final int LEAST_THREADS = 4;
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    /** A page of ours loads nothing from elsewhere, is framed by nobody, and runs no script but its own files. */
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cache-Control",
            "no-store");

    private final DashboardSettings settings;
    private final Monitor monitor;
    private final Parts parts;
    private final LiveFeed feed;
    private final PolicyDesk desk;
    private final AccessGate gate;
    private final PageFiles files = new PageFiles();
    private Javalin server;

    /**
     * What the page shows and moves, beside statistics and policies.
     *
     * @param knobs of this process; none outside the demo
     * @param pilot the autopilot of this process, if it has one
     * @param capacity what the processors sustain, if this process measures it
     */
    public record Parts(List<Knob> knobs, Optional<PilotSeat> pilot, Optional<CapacityGauge> capacity) {

        public Parts {
            knobs = List.copyOf(knobs);
        }

        /** Nothing. */
        public static Parts none() {
            return new Parts(List.of(), Optional.empty(), Optional.empty());
        }
    }

    private Dashboard(DashboardSettings settings, Monitor monitor, Parts parts) {
        this.settings = settings;
        this.monitor = monitor;
        this.parts = parts;
        this.gate =
                new AccessGate(settings.token(), settings.host(), addressOf(settings.host()), InstantSource.system());
        this.desk = new PolicyDesk(monitor.settings(), settings.bundles());
        this.feed = new LiveFeed(monitor, settings, parts);
    }

    /**
     * Starts to serve. The monitor stays the caller's to close, after this.
     *
     * @throws PortTakenException when the port is in use or the address is not this machine's
     */
    public static Dashboard start(DashboardSettings settings, Monitor monitor, Parts parts) {
        Dashboard dashboard = new Dashboard(settings, monitor, parts);
        try {
            dashboard.listen();
            return dashboard;
        } catch (RuntimeException e) {
            dashboard.close();
            throw e;
        }
    }

    private void listen() {
        server = Javalin.create(this::configure);
        try {
            server.start(settings.host(), settings.port());
        } catch (JavalinBindException e) {
            throw new PortTakenException(
                    String.format(
                            Locale.ROOT,
                            "cannot listen on %s port %d: %s; choose another --http-port, or 0 for any free one",
                            settings.host(),
                            settings.port(),
                            e.getMessage()),
                    e);
        }
        settings.agreementFloor().ifPresent(floor -> Gauge.builder("exitflow.agreement.floor.ratio", () -> floor)
                .description("The least agreement with the backbone that is wanted")
                .register(monitor.registry()));
        Gauge.builder("exitflow.dashboard.pages", feed.hub()::listeners)
                .description("Dashboard pages open now")
                .register(monitor.registry());
        feed.start();
        LOG.info("dashboard at {}", uri());
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.http.maxRequestSize = MOST_BODY_BYTES;
        config.http.prefer405over404 = true;
        QueuedThreadPool threads = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS);
        threads.setName("exitflow-http");
        threads.setDaemon(true);
        config.jetty.threadPool = threads;
        config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
        route(config.routes);
    }

    private void route(RoutesConfig routes) {
        routes.before(context -> HEADERS.forEach(context::header));
        routes.get("/", context -> files.answer("index.html", context));
        routes.get("/page/{file}", context -> files.answer(context.pathParam("file"), context));
        routes.before("/api/events", gate::requireReader);
        routes.sse("/api/events", this::follow);
        routes.post("/api/policy", this::setPolicy);
        routes.post("/api/knob", this::turnKnob);
        routes.post("/api/pilot", this::switchPilot);
        routes.get("/api/token", context -> {
            gate.requireWriter(context);
            context.status(HttpStatus.NO_CONTENT);
        });
        routes.get("/metrics", context -> context.contentType(PROMETHEUS)
                .result(monitor.registry().scrape()));
        routes.get("/health/live", context -> health(context, monitor.stream().isAlive()));
        routes.get("/health/ready", context -> health(context, monitor.isReady()));
        routes.exception(HttpResponseException.class, (e, context) -> refuse(context, e.getStatus(), e.getMessage()));
        routes.exception(
                PolicyConflictException.class,
                (e, context) -> refuse(context, HttpStatus.CONFLICT.getCode(), e.getMessage()));
        routes.exception(
                InvalidPolicyException.class,
                (e, context) -> refuse(context, HttpStatus.BAD_REQUEST.getCode(), e.getMessage()));
        routes.exception(
                ExitflowException.class,
                (e, context) -> refuse(context, HttpStatus.UNPROCESSABLE_CONTENT.getCode(), e.getMessage()));
        routes.exception(
                KafkaException.class,
                (e, context) -> refuse(context, HttpStatus.BAD_GATEWAY.getCode(), "Kafka: " + e.getMessage()));
    }

    /** Holds the request's thread for as long as the page is open; the threads are enough for all pages that the hub takes. */
    private void follow(SseClient client) {
        Optional<Subscription> place = feed.hub().subscribe();
        if (place.isEmpty()) {
            client.sendEvent("full", "{}");
            return;
        }
        try (Subscription subscription = place.get()) {
            send(client, feed.state());
            while (subscription.isIntact() && !client.terminated()) {
                Optional<Event> event = subscription.next(HEARTBEAT);
                if (event.isPresent()) {
                    send(client, event.get());
                } else {
                    client.sendComment("");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(SseClient client, Event event) {
        client.sendEvent(event.name(), event.json());
    }

    private void setPolicy(Context context) {
        gate.requireWriter(context);
        PolicyOrder order = read(context, PolicyOrder.class);
        context.json(desk.carryOut(order));
    }

    /** What a page asks of a knob. */
    private record KnobOrder(String name, double value) {}

    private void turnKnob(Context context) {
        gate.requireWriter(context);
        KnobOrder order = read(context, KnobOrder.class);
        Knob knob = parts.knobs().stream()
                .filter(known -> known.name().equals(order.name()))
                .findFirst()
                .orElseThrow(() -> new BadRequestResponse("no knob " + order.name()));
        if (!knob.range().contains(order.value())) {
            throw new BadRequestResponse("%s = %s, expected %s to %s"
                    .formatted(
                            order.name(),
                            order.value(),
                            knob.range().low(),
                            knob.range().high()));
        }
        knob.change().accept(order.value());
        feed.tellControls();
        context.status(HttpStatus.NO_CONTENT);
    }

    /** What a page asks of the autopilot. */
    private record PilotOrder(boolean on, String by) {}

    private void switchPilot(Context context) {
        gate.requireWriter(context);
        PilotOrder order = read(context, PilotOrder.class);
        PilotSeat pilot = parts.pilot().orElseThrow(() -> new BadRequestResponse("this monitor has no autopilot"));
        pilot.engage(order.on(), order.by() == null || order.by().isBlank() ? "dashboard" : order.by());
        feed.tellControls();
        context.status(HttpStatus.NO_CONTENT);
    }

    private static <T> T read(Context context, Class<T> type) {
        if (!"application/json".equals(context.contentType())) {
            throw new BadRequestResponse("expected Content-Type: application/json");
        }
        try {
            return JSON.readValue(context.body(), type);
        } catch (JsonProcessingException e) {
            Throwable cause = e.getCause() instanceof ExitflowException known ? known : e;
            String message = cause == e ? e.getOriginalMessage() : cause.getMessage();
            throw new BadRequestResponse("not an order: " + message);
        }
    }

    private void health(Context context, boolean isGood) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", isGood ? "UP" : "DOWN");
        body.put("problem", monitor.pulse().problem().orElse(null));
        context.status(isGood ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE).json(body);
    }

    private static void refuse(Context context, int status, String message) {
        context.status(status).json(Map.of("error", message == null ? "" : message));
    }

    private static InetAddress addressOf(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new ExitflowException(
                    "dashboard host '%s': unknown; name an address of this machine".formatted(host), e);
        }
    }

    /** Where it listens, such as {@code http://127.0.0.1:9465}. */
    public URI uri() {
        String host = settings.host().contains(":") ? "[" + settings.host() + "]" : settings.host();
        return URI.create(String.format(Locale.ROOT, "http://%s:%d", host, server.port()));
    }

    /** The same with the token, which a browser keeps to itself: who opens this may change things. */
    public URI uriWithToken() {
        return URI.create(uri() + "/#token=" + settings.token());
    }

    @Override
    public void close() {
        feed.close();
        if (server != null) {
            server.stop();
        }
    }
}
