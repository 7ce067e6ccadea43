package dev.exitflow.core.bundle;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.Sha256;
import dev.exitflow.core.inference.BatcherConfig;
import dev.exitflow.core.inference.MicroBatcher;
import dev.exitflow.core.policy.ExitPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modules that are not what their manifest says, with digests that are right: refused when an engine starts, before any image. */
class HostileModuleTest {

    @TempDir
    Path folder;

    private Path bundle;

    @BeforeEach
    void copyBundle() {
        bundle = TestBundles.trained(folder.resolve("bundle"));
    }

    @ParameterizedTest
    @CsvSource({"stage-1.pt, stage-0.pt", "stage-0.pt, stage-2.pt", "exit-0.pt, stage-0.pt", "exit-1.pt, stage-2.pt"})
    void shouldSayWhichModelFailsWhenAModuleIsAnother(String replaced, String by) throws IOException {
        Files.write(bundle.resolve(replaced), Files.readAllBytes(bundle.resolve(by)));
        sealAnew();

        assertThatThrownBy(this::startEngine)
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("tiny")
                .hasMessageNotContaining("\tat ");
    }

    @Test
    void shouldNameTheFileWhenAModuleIsCut() throws IOException {
        Path module = bundle.resolve("stage-1.pt");
        byte[] bytes = Files.readAllBytes(module);
        Files.write(module, Arrays.copyOf(bytes, bytes.length / 2));
        sealAnew();

        assertThatThrownBy(this::startEngine)
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("stage-1.pt");
    }

    private void startEngine() {
        MicroBatcher.start(
                        BundleLoader.load(bundle),
                        source -> ExitPolicy.uniform(1, 1),
                        new BatcherConfig(1, 4, 8),
                        Thread::new)
                .close();
    }

    /** Writes the digests of what lies there into the manifest, as somebody with bad intent would. */
    private void sealAnew() throws IOException {
        ObjectMapper json = new ObjectMapper();
        Path manifest = bundle.resolve("manifest.json");
        JsonNode root = json.readTree(Files.readAllBytes(manifest));
        for (String list : new String[] {"stages", "exits"}) {
            for (JsonNode module : root.get(list)) {
                ((ObjectNode) module)
                        .put(
                                "sha256",
                                Sha256.of(bundle.resolve(module.get("file").asText())));
            }
        }
        Files.write(manifest, json.writeValueAsBytes(root));
    }
}
