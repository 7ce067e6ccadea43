package dev.exitflow.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of parts that the build puts into the distribution. */
class SbomIT {

    private static final Path HOME = Path.of(System.getProperty("exitflow.home"));

    @Test
    void shouldNameEveryJarOfTheDistributionWithALicenceWhenBuilt() throws Exception {
        List<String> named = new ArrayList<>();
        for (JsonNode part :
                new ObjectMapper().readTree(HOME.resolve("sbom.json").toFile()).get("components")) {
            assertThat(part.get("licenses")).as(part.get("purl").asText()).isNotEmpty();
            named.add(part.get("name").asText());
        }

        try (Stream<Path> jars = Files.list(HOME.resolve("lib"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString()).filter(jar -> !jar.startsWith("exitflow-cli")))
                    .isNotEmpty()
                    .allMatch(jar -> named.stream().anyMatch(jar::startsWith));
        }
    }
}
