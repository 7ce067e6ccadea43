package dev.exitflow.core.bundle;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a bundle's {@code manifest.json} says.
 *
 * <p>FLOPs count one multiply-accumulate as 2 (the convention of PyTorch's own flop counter), batch norms, activations and
 * pooling as none.
 *
 * @param formatVersion the manifest's own format, {@value #OLDEST_FORMAT_VERSION} to {@value #FORMAT_VERSION}
 * @param name the model's name, the key of its policies on the thresholds topic
 * @param version the model's version, chosen by whoever exports it
 * @param input what the first stage takes
 * @param labels the name of each class
 * @param stages the backbone in order; the last one yields class probabilities
 * @param exits exit i reads the features of stage i; one fewer than stages
 * @param defaultPolicy the thresholds in force while the control topic says nothing
 * @param operatingPoints thresholds with a name, and what they promise; empty before calibration
 * @param calibration the curve measured on held-out data, null before calibration
 * @param selfTest what each exit answers to the probe input, null if unknown
 * @param provenance how the bundle came to be: free-form, kept as it is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Manifest(
        int formatVersion,
        String name,
        String version,
        Input input,
        List<String> labels,
        List<Stage> stages,
        List<Exit> exits,
        Thresholds defaultPolicy,
        Map<String, NamedPolicy> operatingPoints,
        Calibration calibration,
        SelfTest selfTest,
        Map<String, Object> provenance) {

    /** The newest format that this code reads: 3 brought {@link Input#preprocessing}, 4 {@link Point#agreementLowerBound}. */
    public static final int FORMAT_VERSION = 4;

    /** The format with {@link Exit#confidenceScale}. */
    private static final int SCALED_FORMAT_VERSION = 2;

    /** The oldest format that this code reads, and the exporter writes. */
    public static final int OLDEST_FORMAT_VERSION = 1;

    /**
     * The image that the first stage takes: RGB, each value times the scale, less the mean, over the deviation.
     *
     * @param channels 3
     * @param height rows
     * @param width pixels a row
     * @param mean per channel
     * @param std per channel
     * @param preprocessing how an image of another size becomes one of this; null where every image must have it already
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Input(
            int channels, int height, int width, List<Float> mean, List<Float> std, Preprocessing preprocessing) {

        /** An input that every image must have the size of. */
        public Input(int channels, int height, int width, List<Float> mean, List<Float> std) {
            this(channels, height, width, mean, std, null);
        }

        /** Scales a stored value, 0 to 255. */
        public float scaled(int value) {
            return preprocessing == null || preprocessing.scale() == null
                    ? value / 255f
                    : value * preprocessing.scale();
        }
    }

    /**
     * A stage's module and cost.
     *
     * @param file relative to the manifest
     * @param sha256 of the file, lower-case hexadecimal
     * @param flops per image
     * @param parameters how many
     * @param outputShape of one image's features, without the batch dimension
     * @param frozen true when batch norms are folded; such a module cannot be trained
     */
    public record Stage(
            String file, String sha256, long flops, long parameters, List<Long> outputShape, boolean frozen) {

        /** A copy with another digest. */
        Stage withDigest(String newSha256) {
            return new Stage(file, newSha256, flops, parameters, outputShape, frozen);
        }
    }

    /**
     * An exit's module and cost.
     *
     * @param file relative to the manifest
     * @param sha256 of the file, lower-case hexadecimal
     * @param flops per image
     * @param parameters how many
     * @param afterBlock how many of the backbone's blocks run before it
     * @param kind the branch type
     * @param frozen true when batch norms are folded; such a module cannot be trained
     * @param confidence what its confidence is: {@value #MAX_PROBABILITY}, or {@value #LEARNED} by a head; null where an earlier
     *     version exported it, which is {@value #LEARNED}
     * @param confidenceScale how its confidence is read, fitted by the calibration; null before, and in format 1
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Exit(
            String file,
            String sha256,
            long flops,
            long parameters,
            int afterBlock,
            String kind,
            boolean frozen,
            String confidence,
            ConfidenceScale confidenceScale) {

        /** The {@link #confidence} that is the greatest of the exit's probabilities. */
        public static final String MAX_PROBABILITY = "max-probability";

        /** The {@link #confidence} that a head of the exit learns, as PTEENet's do. */
        public static final String LEARNED = "learned";

        /** A copy of another module's digest; a scale that was fitted to the old one is gone. */
        Exit withDigest(String newSha256) {
            return new Exit(
                    file,
                    newSha256,
                    flops,
                    parameters,
                    afterBlock,
                    kind,
                    frozen,
                    confidence,
                    newSha256.equals(sha256) ? confidenceScale : null);
        }

        /** A copy whose confidence is read like this. */
        Exit withScale(ConfidenceScale scale) {
            ConfidenceScale told = scale.equals(ConfidenceScale.HEAD_ALONE) ? null : scale;
            return new Exit(file, sha256, flops, parameters, afterBlock, kind, frozen, confidence, told);
        }

        /** Whether a head of its own learns its confidence. */
        public boolean learnsConfidence() {
            return !MAX_PROBABILITY.equals(confidence);
        }

        /** How its confidence is read. */
        public ConfidenceScale scale() {
            return confidenceScale == null ? ConfidenceScale.HEAD_ALONE : confidenceScale;
        }
    }

    /**
     * Thresholds in [0, 1].
     *
     * @param thresholds one for all exits, or one per exit
     */
    public record Thresholds(List<Double> thresholds) {}

    /**
     * Thresholds with a name, and what is promised of them.
     *
     * @param thresholds one for all exits, or one per exit
     * @param promisedAgreement the least agreement that they were chosen for; null in earlier formats
     * @param flopsFraction honest cost over the backbone's, as estimated; null likewise
     * @param agreement share of images answered as the backbone answers, as estimated; null likewise
     * @param agreementLowerBound what that share is not below with the calibration's certainty; null likewise
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record NamedPolicy(
            List<Double> thresholds,
            Double promisedAgreement,
            Double flopsFraction,
            Double agreement,
            Double agreementLowerBound) {}

    /**
     * The trade-off measured on held-out data.
     *
     * @param dataset which images
     * @param images how many it was measured on; in format 4 they had no part in the choice of the frontier
     * @param searchImages how many others the frontier was chosen on; null in earlier formats, where they were the same
     * @param certainty of the lower bounds, in (0, 1); null in earlier formats, which have none
     * @param backboneSaw whether the backbone was trained on the images; null where that is not known
     * @param curve one T for all exits, ascending
     * @param frontier one T per exit, chosen for this trade-off: dearest and most agreeing first, in the order of the search
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Calibration(
            String dataset,
            int images,
            Integer searchImages,
            Double certainty,
            Boolean backboneSaw,
            List<Point> curve,
            List<Point> frontier) {}

    /**
     * What a policy does on the calibration's images.
     *
     * @param thresholds one for all exits, or one per exit
     * @param flopsFraction honest cost over the backbone's
     * @param paperFlopsFraction the same, with only the last head charged
     * @param agreement share of images answered as the backbone answers
     * @param agreementLowerBound what that share of all images is not below, with the calibration's certainty; null in earlier formats
     * @param accuracy share of images answered as labelled; null where the backbone may have been trained on the images
     * @param exitShares share of images leaving at each exit, the backbone's classifier last
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Point(
            List<Double> thresholds,
            double flopsFraction,
            double paperFlopsFraction,
            double agreement,
            Double agreementLowerBound,
            Double accuracy,
            List<Double> exitShares) {}

    /**
     * Expected answers to the probe input of {@link ProbeInput}.
     *
     * @param exits one per exit, the backbone's classifier last
     * @param features what each stage but the last yields; null in bundles of earlier versions
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record SelfTest(List<Answer> exits, List<FeatureSketch> features) {

        /** Whether it says what stages yield. */
        boolean hasFeatures() {
            return features != null;
        }
    }

    /**
     * An exit's answer.
     *
     * @param probabilities (K)
     * @param confidence in [0, 1]; 1 for the backbone's classifier
     */
    public record Answer(List<Float> probabilities, double confidence) {

        private static final double LEAST_PROBABILITY = 1e-38;

        /** Logits that are nearer to each other than this are noise in the probabilities. */
        private static final double LEAST_SPREAD = 1e-3;

        static Answer of(float[] values, int from, int classes, double confidence) {
            List<Float> probabilities = new ArrayList<>();
            for (int label = 0; label < classes; label++) {
                probabilities.add(values[from + label]);
            }
            return new Answer(probabilities, confidence);
        }

        /**
         * How far another answer is off this one: the greater of its logits' distance over the spread of these ones, and the difference
         * of confidence; NaN if any number is, or there are more or fewer classes.
         */
        double differenceOf(Answer other) {
            if (probabilities.size() != other.probabilities.size()) {
                return Double.NaN;
            }
            double[] expected = logits();
            double[] actual = other.logits();
            double distance = 0;
            double spread = 0;
            for (int label = 0; label < expected.length; label++) {
                distance += Math.pow(actual[label] - expected[label], 2);
                spread += Math.pow(expected[label], 2);
            }
            double least = LEAST_SPREAD * Math.sqrt(expected.length);
            double ofLogits = Math.sqrt(distance) / Math.max(Math.sqrt(spread), least);
            double ofConfidence = Math.abs(confidence - other.confidence);
            return Double.isNaN(ofLogits) ? ofLogits : Math.max(ofLogits, ofConfidence);
        }

        /** The logits, less their mean, which softmax takes away. */
        private double[] logits() {
            double[] logits = probabilities.stream()
                    .mapToDouble(probability -> Math.log(Math.max(probability, LEAST_PROBABILITY)))
                    .toArray();
            double mean = Arrays.stream(logits).average().orElse(0);
            return Arrays.stream(logits).map(logit -> logit - mean).toArray();
        }
    }

    /** FLOPs of the backbone alone, per image. */
    public long backboneFlops() {
        return stages.stream().mapToLong(Stage::flops).sum();
    }

    /** A copy with other modules, as training and freezing leave it. */
    public Manifest withModules(List<Stage> newStages, List<Exit> newExits, SelfTest newSelfTest) {
        return new Manifest(
                formatVersion,
                name,
                version,
                input,
                labels,
                newStages,
                newExits,
                defaultPolicy,
                operatingPoints,
                calibration,
                newSelfTest,
                provenance);
    }

    /** A copy, in a format that can say so, whose exits' confidences are read like this. */
    public Manifest withScales(List<ConfidenceScale> scales) {
        List<Exit> scaled = IntStream.range(0, exits.size())
                .mapToObj(exit -> exits.get(exit).withScale(scales.get(exit)))
                .toList();
        return new Manifest(
                Math.max(formatVersion, SCALED_FORMAT_VERSION),
                name,
                version,
                input,
                labels,
                stages,
                scaled,
                defaultPolicy,
                operatingPoints,
                calibration,
                selfTest,
                provenance);
    }

    /** How each early exit's confidence is read. */
    public List<ConfidenceScale> scales() {
        return exits.stream().map(Exit::scale).toList();
    }

    /** A copy with another provenance. */
    public Manifest withProvenance(Map<String, Object> newProvenance) {
        return new Manifest(
                formatVersion,
                name,
                version,
                input,
                labels,
                stages,
                exits,
                defaultPolicy,
                operatingPoints,
                calibration,
                selfTest,
                newProvenance);
    }

    /**
     * Whether the backbone was trained on the calibration's images.
     *
     * @return empty where that is not known, as with weights from elsewhere of which nothing was said
     */
    public Optional<Boolean> backboneSaw() {
        if (calibration != null && calibration.backboneSaw() != null) {
            return Optional.of(calibration.backboneSaw());
        }
        return backboneSawHeldOut();
    }

    /**
     * Whether the backbone was trained on images that are held out: what is trained here is not.
     *
     * @return empty where it was exported with weights, of whose training only their maker knows
     */
    public Optional<Boolean> backboneSawHeldOut() {
        boolean hasForeignWeights = provenance != null && provenance.get("weights") != null;
        return hasForeignWeights ? Optional.empty() : Optional.of(false);
    }

    /** A copy, in the newest format, with a calibration and what follows from it. */
    public Manifest withCalibration(
            Calibration newCalibration, Thresholds newDefault, Map<String, NamedPolicy> newOperatingPoints) {
        return new Manifest(
                FORMAT_VERSION,
                name,
                version,
                input,
                labels,
                stages,
                exits,
                newDefault,
                newOperatingPoints,
                newCalibration,
                selfTest,
                provenance);
    }
}
