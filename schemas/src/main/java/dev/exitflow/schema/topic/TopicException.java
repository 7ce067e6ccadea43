package dev.exitflow.schema.topic;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.Locale;
import org.apache.kafka.common.KafkaException;

/**
 * A topic has an illegal name, is missing, is not as it must be, or cannot be read.
 *
 * <p>The message is one line for a person. It names the topic and the brokers and says how to mend it.
 */
public final class TopicException extends KafkaException {

    private static final long serialVersionUID = 1L;

    /** Formats the message with {@link String#format(Locale, String, Object...)}, in {@link Locale#ROOT}. */
    @FormatMethod
    public TopicException(@FormatString String message, Object... arguments) {
        super(String.format(Locale.ROOT, message, arguments));
    }

    /** Keeps the cause; the message is taken as it is. */
    public TopicException(String message, Throwable cause) {
        super(message, cause);
    }
}
