package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.Reason;
import dev.exitflow.ops.letters.DeadLetter;
import dev.exitflow.schema.ImageRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** How one dead letter looks on the command line, and its bytes in a file. */
final class LetterView {

    private LetterView() {}

    /** All that is known of a letter; what is not known has no entry. */
    static Map<String, Object> object(DeadLetter letter, Optional<ImageRecord> image) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("partition", letter.partition());
        object.put("offset", letter.offset());
        object.put("time", letter.time().toString());
        object.put("reason", letter.reason());
        object.put("detail", letter.detail());
        object.put("source", letter.source());
        image.ifPresent(known -> {
            object.put("id", known.getId());
            known.getModel().ifPresent(model -> object.put("model", model));
            object.put("capturedAt", known.getCapturedAt().toString());
            object.put("encoding", known.getEncoding().toString());
            object.put("width", known.getWidth());
            object.put("height", known.getHeight());
            object.put("imageBytes", known.getData().remaining());
            known.getLabel().ifPresent(label -> object.put("label", label));
        });
        object.put("origin", letter.origin());
        object.put("instance", letter.instance());
        object.put("replays", letter.replays());
        object.put("bytes", letter.bytes());
        return object;
    }

    /**
     * Writes the image, or the value where the record is no image.
     *
     * @throws ExitflowException when there is nothing to write, or the file exists or cannot be written
     */
    static void save(ConsumerRecord<byte[], byte[]> letter, Optional<ImageRecord> image, Path file) {
        byte[] bytes = image.map(known -> bytes(known.getData())).orElse(letter.value());
        if (bytes == null) {
            throw new ExitflowException("--save %s: the letter has no value", file);
        }
        try {
            Files.write(file, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new ExitflowException("--save " + file + ": " + Reason.of(e), e);
        }
    }

    private static byte[] bytes(ByteBuffer data) {
        byte[] copy = new byte[data.remaining()];
        data.duplicate().get(copy);
        return copy;
    }
}
