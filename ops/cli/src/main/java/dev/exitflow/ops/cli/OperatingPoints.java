package dev.exitflow.ops.cli;

import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.forecast.Forecast;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** A bundle's operating points as a table: what each promises, and what it is expected to do. */
final class OperatingPoints {

    private OperatingPoints() {}

    /** @param manifest of a calibrated bundle */
    static Table table(Manifest manifest) {
        Forecast forecast = Forecast.of(manifest);
        List<String> columns = new ArrayList<>(List.of("operatingPoint", "thresholds", "flopsFraction", "agreement"));
        boolean isCertified = forecast.isCertified();
        boolean isUnseen = forecast.caveat().isEmpty();
        if (isCertified) {
            columns.addAll(List.of("promisedAgreement", "agreementLowerBound"));
        }
        if (isUnseen) {
            columns.add("accuracy");
        }
        List<List<Object>> rows = new ArrayList<>();
        manifest.operatingPoints()
                .forEach((name, point) -> forecast.at(point.thresholds()).ifPresent(measured -> {
                    List<Object> row = new ArrayList<>(List.of(
                            name,
                            point.thresholds(),
                            rounded(measured.flopsFraction()),
                            rounded(measured.agreement())));
                    if (isCertified) {
                        row.add(rounded(point.promisedAgreement()));
                        row.add(rounded(point.agreementLowerBound()));
                    }
                    if (isUnseen) {
                        OptionalDouble accuracy = forecast.accuracy(measured);
                        row.add(accuracy.isPresent() ? rounded(accuracy.getAsDouble()) : "");
                    }
                    rows.add(row);
                }));
        return new Table(columns, rows);
    }

    private static double rounded(double value) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.6f", value));
    }
}
