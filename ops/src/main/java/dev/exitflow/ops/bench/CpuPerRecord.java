package dev.exitflow.ops.bench;

/**
 * Processor time that one image takes, microseconds, by whose work it is.
 *
 * @param inference the engine's workers: decoding, preprocessing, the model
 * @param processor everything else that the processor does: stream thread, its clients, their network threads
 * @param broker the embedded broker
 * @param load the sender of images and the reader of predictions, what is left of them when images lie in the broker already
 * @param jvm garbage collection, compilation and other threads of the JVM that are not Java's
 * @param idle time that no thread of this JVM used; on a machine that is not alone, others may have
 */
public record CpuPerRecord(double inference, double processor, double broker, double load, double jvm, double idle) {}
