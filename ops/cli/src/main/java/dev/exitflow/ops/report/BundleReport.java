package dev.exitflow.ops.report;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.calibration.Calibrator;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.calibration.TradeoffCurve;
import dev.exitflow.core.cost.FlopsLedger;
import dev.exitflow.core.forecast.BinomialBound;
import dev.exitflow.core.forecast.Certification;
import dev.exitflow.core.forecast.Forecast;
import dev.exitflow.core.forecast.OperatingPoint;
import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.ops.chart.Charts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a bundle does on a set of images: one HTML page, and each figure as a picture and as numbers. */
public final class BundleReport {

    private final ModelBundle bundle;
    private final ExitTraces traces;
    private final String dataset;
    private final TradeoffCurve played;

    /**
     * Prepares a report; {@link #write} writes it.
     *
     * @param traces of the images
     * @param dataset which images
     */
    public BundleReport(ModelBundle bundle, ExitTraces traces, String dataset) {
        this.bundle = bundle;
        this.traces = traces;
        this.dataset = dataset;
        this.played = new TradeoffCurve(traces, new FlopsLedger(bundle.manifest()));
    }

    /**
     * Writes {@code index.html}, and a PNG and a CSV file of each figure.
     *
     * @param folder made if it is not there
     * @return the page
     * @throws ExitflowException if the bundle is not calibrated, the folder cannot be written, or there is no font to draw with
     */
    public Path write(Path folder) {
        Manifest manifest = bundle.manifest();
        if (manifest.calibration() == null) {
            throw new ExitflowException(
                    "%s is not calibrated, so it has no operating points to report: run `exitflow bundle calibrate` first",
                    bundle.directory());
        }
        ReportPage page = new ReportPage(
                "%s: early exits measured".formatted(bundle.name()),
                String.format(
                        Locale.ROOT,
                        "%d images of %s, which nothing was trained or calibrated on. The backbone alone classifies %.2f %% of them correctly.",
                        traces.images(),
                        dataset,
                        100 * traces.backboneAccuracy()));
        page.table(
                "Operating points",
                List.of(
                        "policy",
                        "T per exit",
                        "honest cost",
                        "paper's cost",
                        "promised agreement",
                        "agreement",
                        "at least, 95 % certainty",
                        "accuracy"),
                operatingPoints());
        try {
            Files.createDirectories(folder);
            for (Figure figure : figures()) {
                byte[] png = Charts.png(figure.chart());
                page.figure(figure, png);
                Files.write(folder.resolve(figure.name() + ".png"), png);
                Files.writeString(folder.resolve(figure.name() + ".csv"), figure.csv());
            }
            return Files.writeString(folder.resolve("index.html"), page.end(facts()));
        } catch (IOException e) {
            throw new ExitflowException("cannot write the report to " + folder, e);
        }
    }

    private List<Figure> figures() {
        List<OperatingPoint> curve = played.uniform(Calibrator.grid());
        List<OperatingPoint> frontier = bundle.manifest().calibration().frontier().stream()
                .map(point -> at(point.thresholds()))
                .toList();
        return List.of(
                TradeoffFigure.of(frontier, curve, promised()),
                ThresholdFigure.of(curve),
                ExitShareFigure.of(curve),
                ReliabilityFigure.of(traces));
    }

    /** The frontier as promised; empty where nothing is. */
    private List<Manifest.Point> promised() {
        return bundle.manifest().calibration().frontier().stream()
                .filter(point -> point.agreementLowerBound() != null)
                .toList();
    }

    private List<List<Object>> operatingPoints() {
        List<List<Object>> rows = new ArrayList<>();
        bundle.manifest().operatingPoints().forEach((name, thresholds) -> {
            OperatingPoint point = at(thresholds.thresholds());
            rows.add(List.of(
                    name,
                    point.thresholds(),
                    point.flopsFraction(),
                    point.paperFlopsFraction(),
                    thresholds.promisedAgreement() == null ? "nothing" : thresholds.promisedAgreement(),
                    point.agreement(),
                    Certification.lowerBound(point, BinomialBound.USUAL_CERTAINTY),
                    point.accuracy()));
        });
        return rows;
    }

    private OperatingPoint at(List<Double> thresholds) {
        return played.at(new ExitPolicy(0, thresholds, 0));
    }

    private Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("Bundle", bundle.name() + " " + bundle.manifest().version() + ", digest " + bundle.digest());
        facts.put(
                "Thresholds per exit were chosen on",
                bundle.manifest().calibration().dataset());
        Forecast forecast = Forecast.of(bundle.manifest());
        facts.put(
                "Promised",
                forecast.isCertified()
                        ? String.format(
                                Locale.ROOT,
                                "certified on %d other images with a certainty of 95 %%%s",
                                bundle.manifest().calibration().images(),
                                forecast.caveat().map(caveat -> "; " + caveat).orElse(""))
                        : "nothing: the calibration is of an earlier version");
        facts.put(
                "Honest cost",
                "every stage and exit head that ran, 2 FLOPs per multiply-accumulate, over the backbone's");
        facts.put("The paper's cost", "the stages and the one head of the exit taken");
        return facts;
    }
}
