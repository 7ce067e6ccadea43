package dev.exitflow.core.calibration;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exitflow.core.bundle.BundleEdit;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.InvalidBundleException;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.bundle.TestBundles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExitTracerTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void shouldTraceNoImageWhenTheModelAnswersOtherwiseHere() throws IOException {
        ModelBundle copied = BundleLoader.load(TestBundles.trained(folder.resolve("bundle")));
        new BundleEdit(copied, Instant.EPOCH).step(Map.of("step", "trace")).write();
        Path manifest = copied.directory().resolve(BundleLoader.MANIFEST);
        ObjectNode root = (ObjectNode) JSON.readTree(Files.readAllBytes(manifest));
        ((ObjectNode) root.get("selfTest").get("exits").get(1)).put("confidence", 0.123);
        Files.write(manifest, JSON.writeValueAsBytes(root));
        ModelBundle bundle = BundleLoader.load(copied.directory());

        assertThatThrownBy(() -> new ExitTracer(bundle).close())
                .isInstanceOf(InvalidBundleException.class)
                .hasMessageContainingAll("model tiny", "exit-1.pt");
    }
}
