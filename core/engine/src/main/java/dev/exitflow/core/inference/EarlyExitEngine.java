package dev.exitflow.core.inference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.exitflow.core.WarningInterval;
import dev.exitflow.core.bundle.BundleCheck;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.PyTorchRuntime;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.image.Preprocessor;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One copy of a model, run stage by stage: stage, exit head, samples that leave are answered at once, the rest go on.
 *
 * <p>Work that no sample needs is not done: a head at which the policy lets no one leave does not run, nor a stage that all have left
 * before. A batch that nobody left goes straight on. Otherwise its survivors queue for their next stage, until they fill a batch
 * together with those of other batches, or nothing else is to do. Each run works on one batch at one or more stages.
 *
 * <p>A batch that native code fails on is tried again one sample at a time, so that one sample does not take others with it; one that
 * fails alone completes exceptionally. Not safe for use by several threads; make, use and close it on one.
 */
public final class EarlyExitEngine implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EarlyExitEngine.class);

    /** From one warning to the next at least: who sends images that the model fails on shall not fill the log. */
    private static final Duration WARNING_INTERVAL = Duration.ofSeconds(10);

    private final String model;
    private final int maxBatch;
    private final FlopsLedger ledger;
    private final Preprocessor preprocessor;
    private final LoadedModel modules;
    private final NDManager manager;
    private final Survivors survivors;
    private final EngineTimes.Meter meter;
    private final WarningInterval warnings = new WarningInterval(WARNING_INTERVAL);
    private long runs;

    /**
     * Loads the model's modules.
     *
     * @param maxBatch images that run together at most
     */
    public EarlyExitEngine(ModelBundle bundle, int maxBatch) {
        this(bundle, maxBatch, ModuleRunner::torch);
    }

    /**
     * Opens what runs the model's modules.
     *
     * @param maxBatch images that run together at most
     * @param runner called once, on this thread
     */
    public EarlyExitEngine(ModelBundle bundle, int maxBatch, Function<ModelBundle, ModuleRunner> runner) {
        BundleCheck.require(bundle);
        this.model = bundle.name();
        this.maxBatch = maxBatch;
        this.ledger = new FlopsLedger(bundle.manifest());
        this.preprocessor = new Preprocessor(bundle.manifest().input());
        this.survivors = new Survivors(ledger.lastExit(), maxBatch);
        this.meter = new EngineTimes.Meter(ledger.lastExit());
        this.manager = PyTorchRuntime.newManager();
        this.modules = new LoadedModel(bundle, runner.apply(bundle));
    }

    /**
     * Runs everything once on batches of every size, which the first of each would otherwise wait for.
     *
     * @throws dev.exitflow.core.ExitflowException if the model fails on one
     */
    public void warmUp() {
        modules.warmUp(manager, maxBatch);
    }

    /** An empty batch of this model's image size and the largest number of images. */
    public InferenceBatch newBatch() {
        return new InferenceBatch(maxBatch, preprocessor);
    }

    /** Samples that started and are not answered; not above {@code maxBatch - 1} per early exit once {@link #advance} has none full. */
    public int waiting() {
        return survivors.size();
    }

    /**
     * Whether the next run should start new samples rather than {@link #advance} those that started.
     *
     * @param newcomers samples that could start now
     */
    public boolean prefersToStart(int newcomers) {
        return waiting() == 0
                ? newcomers > 0
                : newcomers >= maxBatch && survivors.urgent(runs).isEmpty();
    }

    /**
     * Starts a batch and runs it until it has thinned out. Call {@link #advance} for the rest, and
     * start no other before {@link #prefersToStart} says so: what waits is bounded by that.
     *
     * @param batch at least one row; its memory is free again on return
     */
    public void start(InferenceBatch batch) {
        long now = System.nanoTime();
        List<RunningSample> samples = new ArrayList<>(batch.size());
        for (int row = 0; row < batch.size(); row++) {
            samples.add(new RunningSample(batch.row(row), batch.size(), now, runs));
        }
        run(new StageQueue.Taken(0, samples, modules.imageShape(), batch.memory()));
    }

    /** Runs the batch of survivors that is most worth it: the deepest full one, one that waits too long, or the deepest. */
    public void advance() {
        survivors.urgent(runs).or(survivors::deepest).map(StageQueue::take).ifPresent(this::run);
    }

    /** Answers every sample that started. */
    public void finish() {
        while (waiting() > 0) {
            advance();
        }
    }

    /** Where the time went so far. */
    public EngineTimes times() {
        return meter.read();
    }

    /** Arrays of PyTorch's that live between runs, parameters not counted. */
    int nativeArrays() {
        return manager.getManagedArrays().size();
    }

    private void run(StageQueue.Taken taken) {
        runs++;
        List<RunningSample> samples = taken.samples();
        try (NDManager scope = manager.newSubManager()) {
            NDArray features = modules.read(scope, samples.size(), taken.shape(), taken.memory());
            run(scope, taken.stage(), features, samples);
        }
    }

    private void run(NDManager scope, int firstStage, NDArray firstFeatures, List<RunningSample> samples) {
        NDArray features = firstFeatures;
        int stage = firstStage;
        while (true) {
            NDArray output;
            ExitAnswers answers;
            try {
                output = runStage(stage, features, samples.size());
                answers = answers(stage, output, samples);
            } catch (RuntimeException e) {
                runAlone(scope, stage, features, samples, e);
                return;
            }
            charge(stage, samples);
            if (stage == ledger.lastExit()) {
                conclude(answers, samples);
                return;
            }
            int[] staying = staying(stage, answers, samples);
            if (staying.length == 0) {
                return;
            }
            boolean straightOn = staying.length == samples.size()
                    && (staying.length == maxBatch
                            || survivors.before(stage + 1).size() == 0);
            if (!straightOn) {
                queue(stage + 1, output, staying, samples);
                return;
            }
            features = output;
            stage++;
        }
    }

    private NDArray runStage(int stage, NDArray features, int images) {
        long start = System.nanoTime();
        NDArray output = modules.stage(stage, features);
        meter.stageRan(stage, images, System.nanoTime() - start);
        return output;
    }

    /** What the exit after a stage says; null where no sample may leave. */
    private ExitAnswers answers(int stage, NDArray output, List<RunningSample> samples) {
        if (stage == ledger.lastExit()) {
            return modules.backbone(output, samples.size());
        }
        if (samples.stream().noneMatch(sample -> sample.canLeave(stage))) {
            return null;
        }
        long start = System.nanoTime();
        ExitAnswers answers = modules.head(stage, output);
        meter.headRan(stage, samples.size(), System.nanoTime() - start);
        return answers;
    }

    /** Charges what ran to those it ran for: a head that runs for others in the batch costs a sample that cannot leave there nothing. */
    private void charge(int stage, List<RunningSample> samples) {
        for (RunningSample sample : samples) {
            boolean metHead = stage < ledger.lastExit() && sample.canLeave(stage);
            sample.charge(ledger.stage(stage) + (metHead ? ledger.head(stage) : 0));
        }
    }

    private void conclude(ExitAnswers answers, List<RunningSample> samples) {
        for (int row = 0; row < samples.size(); row++) {
            samples.get(row).conclude(answers, row, ledger);
        }
    }

    /** Rows that run on after an early exit. */
    private int[] staying(int exit, ExitAnswers answers, List<RunningSample> samples) {
        IntPredicate stays = row -> answers == null || samples.get(row).staysAfter(exit, answers, row, ledger);
        return IntStream.range(0, samples.size()).filter(stays).toArray();
    }

    private void queue(int stage, NDArray features, int[] rows, List<RunningSample> samples) {
        long start = System.nanoTime();
        survivors.before(stage).add(samples, rows, features.getShape(), modules.memory(features));
        meter.compacted(System.nanoTime() - start);
    }

    private void runAlone(
            NDManager scope, int stage, NDArray features, List<RunningSample> samples, RuntimeException why) {
        if (samples.size() == 1) {
            samples.get(0).fail(why);
            return;
        }
        warnings.next(System.nanoTime())
                .ifPresent(more -> LOG.warn(
                        "a batch of {} failed in stage {} of model {}, trying its samples one by one ({} more since the last warning)",
                        samples.size(),
                        stage,
                        model,
                        more,
                        why));
        ByteBuffer memory = modules.memory(features);
        int rowBytes = memory.remaining() / samples.size();
        Shape shape = features.getShape().slice(1);
        for (int row = 0; row < samples.size(); row++) {
            NDArray alone = modules.read(scope, 1, shape, memory.slice(row * rowBytes, rowBytes));
            run(scope, stage, alone, List.of(samples.get(row)));
        }
    }

    @Override
    public void close() {
        modules.close();
        manager.close();
    }
}
