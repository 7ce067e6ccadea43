package dev.exitflow.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.Test;

/** What docker-compose.yml and the Dockerfile promise, and what can be seen without an engine. */
class ContainerFilesTest {

    private static final Path COMPOSE_FILE = Path.of("../../docker-compose.yml");
    private static final Path DOCKERFILE = Path.of("../Dockerfile");

    @Test
    void shouldRunTheKafkaOfOurClientsWhenStartedByCompose() throws IOException {
        assertThat(found("image: +(apache/kafka:.+)", COMPOSE_FILE))
                .containsExactly("apache/kafka:" + AppInfoParser.getVersion());
    }

    @Test
    void shouldPinTheVersionWhenAnImageIsNamed() throws IOException {
        assertThat(found("image: +(.+)", COMPOSE_FILE)).isNotEmpty().allMatch(ContainerFilesTest::isPinned);
        assertThat(found("FROM +(\\S+)", DOCKERFILE))
                .filteredOn(image -> !image.equals("processor")) // a stage before it
                .hasSize(2)
                .allMatch(ContainerFilesTest::isPinned);
    }

    @Test
    void shouldNotBeRootWhenTheImageRuns() throws IOException {
        assertThat(found("USER +(.+)", DOCKERFILE)).containsExactly("exitflow");
    }

    private static boolean isPinned(String image) {
        return image.matches("[^:]+:v?\\d+\\.\\d+\\.\\d+.*");
    }

    private static List<String> found(String pattern, Path file) throws IOException {
        return Pattern.compile("^ *" + pattern + "$", Pattern.MULTILINE)
                .matcher(Files.readString(file).replaceAll(" AS \\w+", ""))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
