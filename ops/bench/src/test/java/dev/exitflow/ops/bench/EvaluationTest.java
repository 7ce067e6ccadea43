package dev.exitflow.ops.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.calibration.ConfidenceRule;
import dev.exitflow.core.calibration.ExitRule;
import dev.exitflow.core.calibration.ExitTracer;
import dev.exitflow.core.calibration.ExitTraces;
import dev.exitflow.core.calibration.MaxProbabilityRule;
import dev.exitflow.core.dataset.ImageSet;
import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.ops.load.DataSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EvaluationTest {

    @Test
    void shouldPlayAndTimeEveryPolicyInOneRun() {
        ModelBundle bundle = BundleLoader.load(Path.of("../../core/engine/src/main/bundles/digits"));
        ImageSet images = new DataSpec("digits:count=200").test(drawn -> {});
        Map<String, ExitRule> rules = new LinkedHashMap<>(Evaluation.rulesOf(bundle.manifest()));
        rules.put("T 0.5", new ConfidenceRule(ExitPolicy.uniform(0, 0.5)));
        rules.put("p > 0.5", new MaxProbabilityRule(0.5));
        Evaluation evaluation = new Evaluation(bundle, images, rules, 64);
        List<Integer> heard = new ArrayList<>();

        EvaluationReport untimed = evaluation.report("confidence", traces(bundle, images));
        EvaluationReport report = evaluation.timed(untimed, heard::add);

        assertThat(heard).hasSize(evaluation.steps()).isSorted();
        Map<String, EvaluationReport.Policy> byName =
                report.curve().stream().collect(Collectors.toMap(EvaluationReport.Policy::policy, Function.identity()));
        assertThat(byName).containsKeys("full", "balanced", "economy", "T 0.5");
        assertThat(byName.keySet()).anyMatch(name -> name.startsWith("frontier"));
        EvaluationReport.Policy full = byName.get("full");
        assertThat(full.agreement()).isEqualTo(1);
        assertThat(full.flopsFraction()).isEqualTo(1);
        assertThat(full.accuracy()).isEqualTo(report.backboneAccuracy()).isGreaterThan(0.9);
        assertThat(byName.get("economy").flopsFraction())
                .isLessThan(byName.get("balanced").flopsFraction());
        assertThat(byName.get("balanced").thresholds()).hasSize(bundle.earlyExits());
        assertThat(report.fullImagesPerSecond()).isPositive();
        assertThat(untimed.fullImagesPerSecond()).isNull();
        assertThat(untimed.curve()).allMatch(policy -> policy.imagesPerSecond() == null);
        assertThat(byName.get("p > 0.5").imagesPerSecond()).isNull();
        assertThat(byName.get("T 0.5").imagesPerSecond()).isPositive();
        assertThat(report.curve()).allSatisfy(policy -> {
            assertThat(policy.exits().stream().mapToInt(Integer::intValue).sum())
                    .isEqualTo(images.size());
        });
    }

    private static ExitTraces traces(ModelBundle bundle, ImageSet images) {
        try (ExitTracer tracer = new ExitTracer(bundle)) {
            return tracer.trace(images, done -> {});
        }
    }
}
