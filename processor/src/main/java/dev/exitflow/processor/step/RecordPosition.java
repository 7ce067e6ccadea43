package dev.exitflow.processor.step;

/**
 * Where a record lies in Kafka.
 *
 * @param topic its topic
 * @param partition from 0
 * @param offset from 0
 */
record RecordPosition(String topic, int partition, long offset) {

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
