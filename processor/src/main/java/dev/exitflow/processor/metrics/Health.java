package dev.exitflow.processor.metrics;

/**
 * How a processor is, at one moment.
 *
 * @param streams state of Kafka Streams, by its own names
 * @param alive false once nothing but a restart can help
 * @param modelWarm whether the workers have loaded and tried the model
 * @param policiesRestored whether the thresholds topic has been read to its end
 * @param brokersAnswer false once no broker has answered for long
 * @param problem what failed or is missing, or will fail with the first batch that needs it, one line; null while nothing is
 */
public record Health(
        String streams,
        boolean alive,
        boolean modelWarm,
        boolean policiesRestored,
        boolean brokersAnswer,
        String problem) {

    /** Kafka Streams' state in which images are classified. */
    private static final String RUNNING = "RUNNING";

    /** Whether images are being classified under the policies in force. */
    public boolean ready() {
        return alive && modelWarm && policiesRestored && brokersAnswer && RUNNING.equals(streams);
    }
}
