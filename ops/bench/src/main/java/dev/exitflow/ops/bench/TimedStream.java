package dev.exitflow.ops.bench;

import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.ops.answer.AnswerTimes;
import dev.exitflow.ops.answer.StreamRate;
import dev.exitflow.ops.load.ImageSource;
import dev.exitflow.ops.load.LoadPlan;

/**
 * Images that were sent and answered.
 *
 * @param sent when
 * @param answers to them
 * @param cpu spent on each image that was answered once the broker had all
 */
record TimedStream(StreamRate.Sent sent, AnswerTimes answers, CpuPerRecord cpu) {

    /** Sends images, waits for the answers, and measures from when the broker has all images. */
    static TimedStream of(StreamRate stream, ImageSet images, LoadPlan load) {
        StreamRate.Sent sent = stream.send(ImageSource.of(images), load);
        CpuMeter cpu = new CpuMeter();
        cpu.mark();
        stream.await(sent);
        CpuMeter.Spent spent = cpu.sinceMark();
        AnswerTimes answers = stream.answersTo(sent);
        return new TimedStream(sent, answers, spent.per(Math.max(1, answers.sinceSent())));
    }
}
