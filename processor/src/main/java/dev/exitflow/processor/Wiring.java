package dev.exitflow.processor;

import dev.exitflow.core.OpenParts;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.inference.MicroBatcher;
import dev.exitflow.core.inference.ModuleRunner;
import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.core.policy.PolicyResolver;
import dev.exitflow.processor.control.PolicyAcks;
import dev.exitflow.processor.control.PolicyBook;
import dev.exitflow.processor.metrics.ActivityLog;
import dev.exitflow.processor.metrics.ProcessorMetrics;
import dev.exitflow.processor.step.DeadLetterLog;
import dev.exitflow.processor.step.ImageReader;
import dev.exitflow.processor.step.LookAhead;
import dev.exitflow.processor.step.PredictionStamp;
import dev.exitflow.schema.RecordCodecs;
import dev.exitflow.schema.instance.ServedModel;
import dev.exitflow.schema.topic.DeadLetterReason;
import dev.exitflow.schema.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.streams.Topology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a processor, put together: engine, look-ahead, policy book and topology.
 *
 * @param plan how far ahead polling runs
 * @param lookAhead for the main consumers' interceptors
 * @param book fed by the topology
 * @param acks of this instance
 * @param topology not started
 */
record Wiring(LookAheadPlan plan, LookAhead lookAhead, PolicyBook book, PolicyAcks acks, Topology topology) {

    private static final Logger LOG = LoggerFactory.getLogger(Wiring.class);
    private static final Duration DEAD_LETTER_WARNING_INTERVAL = Duration.ofSeconds(10);
    private static final Duration ACTIVITY_INTERVAL = Duration.ofMinutes(2);

    /** Loads and warms the model, and opens the producer of acknowledgements; both are left to {@code open} to close. */
    static Wiring warmUp(
            ProcessorConfig config,
            ModelBundle bundle,
            Function<ModelBundle, ModuleRunner> runner,
            MeterRegistry registry,
            OpenParts open) {
        InstantSource clock = InstantSource.system();
        RecordCodecs codecs = config.codecs();
        Topics topics = config.topics();
        ProcessorMetrics metrics = metrics(bundle, registry);

        PolicyResolver policies = new PolicyResolver(bundle.name(), bundle.earlyExits(), bundle.defaultPolicy());
        PolicyAcks acks = new PolicyAcks(
                new KafkaProducer<>(new StreamsSettings(config).ofAckProducer()),
                codecs.policyAcks(),
                new PolicyAcks.Address(topics.acks().name(), config.instance(), served(bundle)),
                clock);
        open.add("acks", acks::close);
        PolicyBook book = new PolicyBook(
                policies,
                bundle.name(),
                codecs.thresholdPolicies(),
                topics.thresholds().name(),
                acks);

        LookAheadPlan plan = LookAheadPlan.of(config, bundle.manifest().input());
        MicroBatcher batcher =
                MicroBatcher.start(bundle, policies, config.batcher(plan), workerThreads(config.instance()), runner);
        open.add("batcher", batcher::close);
        ImageReader reader = new ImageReader(
                codecs.imageRecords(), topics.images().name(), bundle.name(), config.skipsOtherModels());
        LookAhead lookAhead = new LookAhead(reader, batcher, plan.capacity(), metrics);
        open.add("look-ahead", lookAhead::close);
        Supplier<ExitPolicy> ofModel =
                () -> policies.get(PolicyResolver.key(bundle.name(), null)).orElse(bundle.defaultPolicy());
        gauges(metrics, bundle, ofModel, batcher, lookAhead);
        metrics.counter("exitflow.policy.rejections", "Policies for the model that were not valid", book::rejections);
        ActivityLog activity =
                new ActivityLog(metrics, ofModel, clock, line -> LOG.info("instance {}: {}", config.instance(), line));
        activity.every(ACTIVITY_INTERVAL);
        open.add("activity-log", activity::close);

        Topology topology = InferenceTopology.build(new InferenceTopology.Parts(
                topics,
                lookAhead,
                config.engineTimeout(),
                new PredictionStamp(bundle, config.instance(), clock),
                codecs.predictions(),
                book,
                new DeadLetterLog(DEAD_LETTER_WARNING_INTERVAL, clock),
                metrics,
                config.instance()));
        return new Wiring(plan, lookAhead, book, acks, topology);
    }

    static ServedModel served(ModelBundle bundle) {
        return new ServedModel(
                bundle.name(),
                bundle.manifest().version(),
                bundle.digest(),
                bundle.earlyExits(),
                bundle.defaultPolicy().thresholds());
    }

    private static ProcessorMetrics metrics(ModelBundle bundle, MeterRegistry registry) {
        FlopsLedger ledger = new FlopsLedger(bundle.manifest());
        return new ProcessorMetrics(
                registry,
                new ProcessorMetrics.Scope(
                        bundle.name(),
                        ledger.lastExit() + 1,
                        ledger.backbone(),
                        Arrays.stream(DeadLetterReason.values()).map(Enum::name).toList()));
    }

    private static void gauges(
            ProcessorMetrics metrics,
            ModelBundle bundle,
            Supplier<ExitPolicy> ofModel,
            MicroBatcher batcher,
            LookAhead lookAhead) {
        for (int index = 0; index < bundle.earlyExits(); index++) {
            int exit = index;
            metrics.gaugeOfExit(
                    "exitflow.threshold",
                    "T in force for the model; sources may have their own",
                    exit,
                    () -> ofModel.get().threshold(exit));
        }
        metrics.gauge(
                "exitflow.policy.version",
                "Version of the policy in force for the model; 0 is the bundle's default",
                () -> ofModel.get().version());
        metrics.gauge("exitflow.queue.depth", "Images that wait for a batch", batcher::queued);
        metrics.gauge("exitflow.look.ahead", "Images polled and not yet answered in order", lookAhead::size);
    }

    private static ThreadFactory workerThreads(String instance) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, instance + "-worker-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
