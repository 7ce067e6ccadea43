package dev.exitflow.ops.report;

import java.util.List;

/**
 * A trade-off that PTEENet's authors recorded, as they count: only the last head is charged, and the accuracy is against the
 * backbone's answers.
 *
 * @param network whose backbone it is
 * @param lambda the weight of cost in the training loss; not a number where none is recorded
 * @param flopsFraction their cost over the backbone's
 * @param agreement share of images answered as the backbone answers
 * @see <a href="https://arxiv.org/abs/2501.02508">PTEENet, figures 3 and 4</a>
 */
record RecordedPoint(String network, double lambda, double flopsFraction, double agreement) {

    /** ResNet-110 with ten conv2 branches, placed "fine", T = 0.5, each λ a training of its own. */
    static final List<RecordedPoint> RESNET_110 = List.of(
            new RecordedPoint("ResNet-110", 0.7, 0.8791, 0.9907),
            new RecordedPoint("ResNet-110", 0.9, 0.7311, 0.9715),
            new RecordedPoint("ResNet-110", 1.1, 0.6719, 0.9514),
            new RecordedPoint("ResNet-110", 1.3, 0.572, 0.9362),
            new RecordedPoint("ResNet-110", 1.5, 0.445, 0.8925),
            new RecordedPoint("ResNet-110", 1.9, 0.3423, 0.8034));

    /** VGG-19 with three branches. */
    static final List<RecordedPoint> VGG_19 = List.of(new RecordedPoint("VGG-19", Double.NaN, 0.6208, 0.9814));
}
