package dev.exitflow.processor.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.inference.Outcome;
import dev.exitflow.processor.TinyModel;
import dev.exitflow.processor.step.ImageState.PendingImage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The cases in which there is nothing to forward. */
class InferenceProcessorTest {

    private final Engine engine = new Engine(1);
    private final MockProcessorContext<byte[], ImageState> context = new MockProcessorContext<>();
    private final InferenceProcessor processor =
            new InferenceProcessor(engine.lookAhead, Duration.ofMillis(20), new Route("encode", "refuse"));

    @BeforeEach
    void open() {
        context.setRecordMetadata(Engine.IMAGES, 4, 42);
        processor.init(context);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void shouldFailTheThreadWhenTheEngineDoesNotAnswerInTime() {
        assertThatThrownBy(() -> processor.process(pending(new CompletableFuture<>())))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("exitflow-images-4@42")
                .hasMessageContaining("did not answer");
        assertThat(context.forwarded()).isEmpty();
    }

    @Test
    void shouldFailTheThreadWhenTheEngineClosesFirst() {
        engine.lookAhead.close();
        CompletableFuture<Outcome> failed = CompletableFuture.failedFuture(new ExitflowException("closed"));

        assertThatThrownBy(() -> processor.process(pending(failed)))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("exitflow-images-4@42");
        assertThat(context.forwarded()).isEmpty();
    }

    @Test
    void shouldKeepTheInterruptWhenInterrupted() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> processor.process(pending(new CompletableFuture<>())))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(context.forwarded()).isEmpty();
    }

    private static Record<byte[], PendingImage> pending(CompletableFuture<Outcome> outcome) {
        PendingImage pending =
                new PendingImage(new byte[0], TinyModel.image("a").build(), outcome);
        return new Record<>(null, pending, 0);
    }
}
