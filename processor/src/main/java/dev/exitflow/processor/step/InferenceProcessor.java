package dev.exitflow.processor.step;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.image.RejectReason;
import dev.exitflow.core.inference.Classified;
import dev.exitflow.core.inference.Outcome;
import dev.exitflow.core.inference.Rejected;
import dev.exitflow.processor.step.ImageRead.Refusal;
import dev.exitflow.processor.step.ImageState.AnsweredImage;
import dev.exitflow.processor.step.ImageState.PendingImage;
import dev.exitflow.processor.step.ImageState.RefusedImage;
import dev.exitflow.schema.topic.DeadLetterReason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Step 2: waits for the engine's answer, so that a record counts as consumed only with its answer forwarded, and in order.
 *
 * <p>An image that the engine fails on goes to the dead letters. An engine that does not answer at all fails the thread.
 */
public final class InferenceProcessor implements Processor<byte[], PendingImage, byte[], ImageState> {

    private final LookAhead lookAhead;
    private final Duration patience;
    private final Route route;
    private ProcessorContext<byte[], ImageState> context;

    /**
     * @param patience how long the engine may take for one image before it is taken to hang
     * @param route where answered and refused images go on
     */
    public InferenceProcessor(LookAhead lookAhead, Duration patience, Route route) {
        this.lookAhead = lookAhead;
        this.patience = patience;
        this.route = route;
    }

    @Override
    public void init(ProcessorContext<byte[], ImageState> newContext) {
        context = newContext;
    }

    @Override
    public void process(Record<byte[], PendingImage> record) {
        ImageState state = conclude(record.value());
        context.forward(record.withValue(state), state instanceof AnsweredImage ? route.onward() : route.refused());
    }

    private ImageState conclude(PendingImage pending) {
        try {
            Outcome outcome = pending.outcome().get(patience.toNanos(), TimeUnit.NANOSECONDS);
            if (outcome instanceof Classified answer) {
                return new AnsweredImage(pending.image(), answer);
            }
            Rejected rejected = (Rejected) outcome;
            return refused(pending, reason(rejected.reason()), rejected.detail());
        } catch (ExecutionException e) {
            if (lookAhead.isClosed()) {
                throw new ExitflowException("the engine closed before it answered " + where(), e.getCause());
            }
            return refused(pending, DeadLetterReason.ENGINE_FAILURE, oneLine(e.getCause()));
        } catch (TimeoutException e) {
            throw new ExitflowException(
                    "the engine did not answer " + where() + " within " + patience.toSeconds()
                            + " s: it hangs, or the model is too slow for this machine",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExitflowException("interrupted while " + where() + " waited for the engine", e);
        }
    }

    private static DeadLetterReason reason(RejectReason reason) {
        return switch (reason) {
            case UNDECODABLE_IMAGE -> DeadLetterReason.UNDECODABLE_IMAGE;
            case WRONG_SIZE -> DeadLetterReason.WRONG_SIZE;
            case OVERSIZED -> DeadLetterReason.OVERSIZED;
            case NOT_FINITE -> DeadLetterReason.NOT_FINITE;
        };
    }

    private static RefusedImage refused(PendingImage pending, DeadLetterReason reason, String detail) {
        return new RefusedImage(pending.received(), new Refusal(reason, detail));
    }

    /** The first and the last line: TorchScript puts a traceback of many lines between its kind and its cause. */
    private static String oneLine(Throwable failure) {
        List<String> lines = failure.toString()
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        return lines.size() < 2 ? String.join("", lines) : lines.get(0) + " " + lines.get(lines.size() - 1);
    }

    private RecordPosition where() {
        return DecodeProcessor.position(context);
    }
}
