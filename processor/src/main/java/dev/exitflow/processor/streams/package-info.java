/** What any Kafka Streams application of this project needs: producers that outlast an absent broker, and threads that are replaced. */
package dev.exitflow.processor.streams;
