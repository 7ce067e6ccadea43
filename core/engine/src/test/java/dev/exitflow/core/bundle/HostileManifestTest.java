package dev.exitflow.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.exitflow.core.ExitflowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Whatever a manifest says, the bundle is loaded or refused in one line; no file outside it is touched. */
class HostileManifestTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> VALUES = List.of(
            "null",
            "-1",
            "0",
            "2147483647",
            "9223372036854775807",
            "1e308",
            "\"NaN\"",
            "\"\"",
            "\"../../etc/passwd\"",
            "\"/etc/passwd\"",
            "\"a\\u0000b\"",
            "[]",
            "{}",
            "[[[]]]",
            "true");

    private Path folder;
    private Path manifest;
    private byte[] good;

    @BeforeProperty
    void copyBundle() throws IOException {
        folder = Files.createTempDirectory("exitflow-hostile-");
        manifest = TestBundles.trained(folder.resolve("bundle")).resolve("manifest.json");
        good = Files.readAllBytes(manifest);
    }

    @AfterProperty
    void deleteBundle() throws IOException {
        TestBundles.delete(folder);
    }

    @Property(tries = 300, seed = "1")
    void shouldLoadOrRefuseWhenOneFieldIsAnything(
            @ForAll @IntRange(max = 1_000_000) int which, @ForAll @IntRange(max = 14) int value) throws IOException {
        JsonNode root = JSON.readTree(good);
        List<Runnable> changes = new ArrayList<>();
        collect(root, JSON.readTree(VALUES.get(value)), changes);
        changes.get(which % changes.size()).run();
        Files.write(manifest, JSON.writeValueAsBytes(root));

        loadOrRefuse();
    }

    @Property(tries = 300, seed = "2")
    void shouldLoadOrRefuseWhenABitIsFlipped(@ForAll @IntRange(max = 1_000_000_000) int which) throws IOException {
        byte[] bytes = good.clone();
        bytes[which / 8 % bytes.length] ^= (byte) (1 << (which % 8));
        Files.write(manifest, bytes);

        loadOrRefuse();
    }

    @Property(tries = 20, seed = "3")
    void shouldRefuseWhenItIsNestedDeep(@ForAll @IntRange(min = 2_000, max = 200_000) int depth) throws IOException {
        Files.write(manifest, "[".repeat(depth).getBytes(StandardCharsets.UTF_8));

        loadOrRefuse();
    }

    private void loadOrRefuse() {
        try {
            assertThat(BundleLoader.load(manifest.getParent()).earlyExits()).isPositive();
        } catch (ExitflowException e) {
            assertThat(e.getMessage()).isNotBlank().doesNotContain("\tat ");
        }
    }

    private static void collect(JsonNode node, JsonNode value, List<Runnable> changes) {
        if (node instanceof ObjectNode object) {
            object.fieldNames().forEachRemaining(name -> changes.add(() -> object.set(name, value)));
        } else if (node instanceof ArrayNode array) {
            for (int index = 0; index < array.size(); index++) {
                int at = index;
                changes.add(() -> array.set(at, value));
            }
        }
        node.forEach(child -> collect(child, value, changes));
    }
}
