package dev.exitflow.ops.trust;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.ops.JsonSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processors and a real broker, round after round, with something going wrong in each: {@code ./mvnw -Pfaults verify}.
 *
 * <p>{@code exitflow.faults.rounds} says how many, {@code exitflow.faults.seed} which, {@code exitflow.faults.kinds} of what kinds.
 */
@Tag("faults")
class FaultCampaignIT {

    private static final int ROUNDS = Integer.getInteger("exitflow.faults.rounds", 20);
    private static final long SEED = Long.getLong("exitflow.faults.seed", 1);
    private static final String KINDS = System.getProperty("exitflow.faults.kinds", "");

    @TempDir
    Path folder;

    @Test
    void shouldAnswerEveryImageOnceInOrderUnderAPolicyInForceWhateverFails() throws Exception {
        List<RoundResult> results = new ArrayList<>();
        List<String> broken = new ArrayList<>();
        TinyImages images = TinyImages.withAnswers();
        try (CampaignBroker broker = CampaignBroker.onSmallDisk(folder.resolve("broker"))) {
            for (RoundPlan plan : RoundPlan.of(ROUNDS, SEED, kinds(broker))) {
                Path roundFolder = folder.resolve("round-" + plan.number());
                try (Round round = new Round(broker, plan, images, roundFolder)) {
                    RoundResult result = round.run();
                    results.add(result);
                    System.out.println(result);
                    if (result.isSlow()) {
                        System.out.println("logs of the slow round: " + keepLogs(plan, roundFolder));
                    }
                } catch (Exception | AssertionError e) {
                    broken.add(plan + ": " + e);
                    System.out.println(plan + " did not end: " + e + "; logs: " + keepLogs(plan, roundFolder));
                    broker.awaitUp();
                }
            }
        } finally {
            JsonSummary.write("faults", CampaignSummary.of(SEED, results, broken.size()));
        }

        assertThat(broken).isEmpty();
        assertThat(results).hasSize(ROUNDS).allMatch(RoundResult::isGood).noneMatch(RoundResult::isSlow);
    }

    /** What the processors and the broker said, out of reach of the folder's end. */
    private Path keepLogs(RoundPlan plan, Path roundFolder) throws IOException {
        Path kept =
                Path.of("target", "faults-logs", String.format(Locale.ROOT, "seed-%d-round-%d", SEED, plan.number()));
        Files.createDirectories(kept);
        for (Path logs : List.of(roundFolder, folder.resolve("broker"))) {
            try (Stream<Path> files = Files.list(logs)) {
                for (Path log : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(log, kept.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        return kept.toAbsolutePath();
    }

    private static List<FaultKind> kinds(CampaignBroker broker) {
        Stream<FaultKind> wanted = KINDS.isEmpty()
                ? Arrays.stream(FaultKind.values())
                : Arrays.stream(KINDS.split(",")).map(FaultKind::valueOf);
        if (!broker.hasOwnDisk()) {
            System.out.println("without " + FaultKind.DISK_FULL + ": this system does not let us mount a small disk");
        }
        return wanted.filter(kind -> kind != FaultKind.DISK_FULL || broker.hasOwnDisk())
                .toList();
    }
}
