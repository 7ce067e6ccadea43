package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.ops.bench.BackboneFiles;
import dev.exitflow.ops.bench.PeersBench;
import dev.exitflow.ops.bench.PeersFigures;
import dev.exitflow.ops.bench.PeersPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code exitflow bench peers}: against what a user would write instead. */
@Command(
        name = "peers",
        description =
                "Images per second and accuracy against what a user would write instead, with the full backbone: a Kafka Streams"
                        + " processor with a DJL predictor per thread, and a consumer loop around ONNX Runtime, or one per core. Needs"
                        + " Python with torch, as 'bundle export' does.",
        footerHeading = Exitflow.EXAMPLES,
        footer = {
            "  exitflow bench peers --quick --bundle resnet56 --data PATH/cifar-10-batches-bin",
            "  exitflow bench peers --agreement 0.98 --data PATH/cifar-10-batches-bin --format json"
        })
final class PeersBenchCommand implements Callable<Integer> {

    @Mixin
    BundleOption bundleOption;

    @Mixin
    DataOptions.DigitsUnlessAsked data;

    @Option(
            names = "--agreement",
            paramLabel = "SHARE",
            defaultValue = "0.975",
            converter = UnitInterval.class,
            description =
                    "Exits get the cheapest thresholds that agreed so often with the backbone on the images that the bundle was"
                            + " calibrated on (default: ${DEFAULT-VALUE}).")
    double agreement;

    @Option(
            names = "--quick",
            description =
                    "Five rounds of 2,000 images instead of fifteen of 4,000; fewer images where they take over 20 s.")
    boolean quick;

    @Mixin
    OutputOptions output;

    PeersBenchCommand() {}

    @Override
    public Integer call() {
        Path directory = bundleOption.directory();
        ModelBundle bundle = BundleLoader.load(directory);
        List<Double> thresholds = cheapest(bundle);
        PeersBench bench = new PeersBench(
                directory, data.test(bundle), join(bundle), quick ? PeersPlan.quick() : PeersPlan.full());
        PeersFigures figures;
        try (Progress progress = new Progress("rounds", bench.steps(), output.err())) {
            figures = bench.run(thresholds, progress);
        }
        output.show(figures, () -> print(figures));
        return Exitflow.OK;
    }

    private List<Double> cheapest(ModelBundle bundle) {
        Manifest.Calibration calibration = bundle.manifest().calibration();
        if (calibration == null) {
            throw new ExitflowException(
                    "%s is not calibrated, so nobody knows which thresholds to take; run 'exitflow bundle calibrate' first",
                    bundle.directory());
        }
        return calibration.frontier().stream()
                .filter(point -> point.agreement() >= agreement)
                .min(Comparator.comparingDouble(Manifest.Point::flopsFraction))
                .orElseThrow(() -> new ExitflowException(
                        "%s: no thresholds on its frontier agree with the backbone on %s of the images; ask for less",
                        bundle.directory(), agreement))
                .thresholds();
    }

    private static BackboneFiles join(ModelBundle bundle) {
        try {
            Path folder = Files.createTempDirectory("exitflow-backbone");
            BackboneFiles files = new BackboneFiles(folder.resolve("backbone.pt"), folder.resolve("backbone.onnx"));
            folder.toFile().deleteOnExit();
            files.torchScript().toFile().deleteOnExit();
            files.onnx().toFile().deleteOnExit();
            int status = Exporter.run(
                    "join",
                    List.of(
                            "--bundle=" + bundle.directory(),
                            "--torchscript=" + files.torchScript(),
                            "--onnx=" + files.onnx()));
            if (status != Exitflow.OK) {
                throw new ExitflowException("the backbone of %s could not be exported, see above", bundle.directory());
            }
            return files;
        } catch (IOException e) {
            throw new ExitflowException("cannot make a temporary folder", e);
        }
    }

    private void print(PeersFigures figures) {
        output.err().println(figures.machine());
        output.print(new Table(
                List.of("who", "imagesPerSecond", "min", "max", "exitflowOver", "least", "most", "accuracy", "cost"),
                figures.lanes().stream().map(PeersBenchCommand::row).toList()));
        output.err()
                .printf(
                        Locale.ROOT,
                        "overUsualProcessor %.2f; overOnnxRuntime %.2f, with a loop per core %.2f; accuracyLoss %.2f points, at T = %s%n",
                        figures.overUsualProcessor(),
                        figures.overOnnxRuntime(),
                        figures.overOnnxRuntimePerCore(),
                        figures.accuracyLoss(),
                        figures.thresholds());
    }

    private static List<Object> row(PeersFigures.Lane lane) {
        return List.of(
                lane.name(),
                Math.round(lane.imagesPerSecond().median()),
                Math.round(lane.imagesPerSecond().min()),
                Math.round(lane.imagesPerSecond().max()),
                Table.ratio(lane.exitflowOver().median()),
                Table.ratio(lane.exitflowOver().min()),
                Table.ratio(lane.exitflowOver().max()),
                String.format(Locale.ROOT, "%.4f", lane.accuracy()),
                Table.ratio(lane.flopsFraction()));
    }
}
