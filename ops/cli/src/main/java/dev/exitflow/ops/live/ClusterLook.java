package dev.exitflow.ops.live;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;

/**
 * What happens on a cluster at one moment.
 *
 * @param at when, as ISO 8601
 * @param backlogImages that wait; null where the brokers did not say or nobody has begun
 * @param instances processors in their consumer group, by name
 * @param models each with its figures of the last seconds, by name
 * @param problem why the brokers do not say how much waits and who is there; null while they do
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ClusterLook(String at, Long backlogImages, List<String> instances, List<Model> models, String problem) {

    /** Copies the lists. */
    public ClusterLook {
        instances = List.copyOf(instances);
        models = List.copyOf(models);
    }

    static ClusterLook of(Instant at, Long backlogImages, List<String> instances, List<Model> models, String problem) {
        return new ClusterLook(at.toString(), backlogImages, instances, models, problem);
    }

    /** The same with some of its models. */
    ClusterLook withModels(List<Model> some) {
        return new ClusterLook(at, backlogImages, instances, some, problem);
    }

    /**
     * One model.
     *
     * @param model its name
     * @param imagesPerSecond answered, over the last seconds
     * @param exitShares of the images by exit, the backbone's classifier last; empty where none was answered
     * @param exitCosts of an answer at each exit over the backbone's; null at an exit that none left at yet
     * @param flopsFraction honest cost over the backbone's; null where none was answered
     * @param accuracy of the labelled images; null without labels
     * @param agreement with the backbone over the last minute; null without shadow samples
     * @param agreementLow lower end of its 95 % interval
     * @param agreementHigh upper end of it
     * @param latencyP50Millis median from capture to answer
     * @param latencyP99Millis 99th percentile of it
     * @param policyVersions that the answers were made under, ascending; 0 is the bundle's default
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Model(
            String model,
            double imagesPerSecond,
            List<Double> exitShares,
            List<Double> exitCosts,
            Double flopsFraction,
            Double accuracy,
            Double agreement,
            Double agreementLow,
            Double agreementHigh,
            Double latencyP50Millis,
            Double latencyP99Millis,
            List<Long> policyVersions) {}
}
