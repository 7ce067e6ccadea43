package dev.exitflow.processor.step;

import org.apache.kafka.common.TopicPartition;

/**
 * Where a record lies in Kafka.
 *
 * @param topic its topic
 * @param partition from 0
 * @param offset from 0
 */
record RecordPosition(String topic, int partition, long offset) {

    TopicPartition topicPartition() {
        return new TopicPartition(topic, partition);
    }

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
