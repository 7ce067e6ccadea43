package dev.exitflow.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReadmeExampleTest {

    private final List<String> deadLetters = new ArrayList<>();
    private final List<ImageRecord> classified = new ArrayList<>();

    @Test
    void shouldSortGoodFromBadWhenUsedAsTheReadmeShows() {
        byte[] good = RecordCodecs.from(Map.of()).imageRecords().encode("exitflow-images", Samples.image());

        read(Map.of(), good);
        read(Map.of(), new byte[] {1, 2, 3});

        assertThat(classified).containsExactly(Samples.image());
        assertThat(deadLetters).singleElement().asString().contains("not single-object encoded");
    }

    @Test
    void shouldBeWhatTheReadmeShowsWhenThisFileChanges() throws Exception {
        String source = Files.readString(Path.of("src/test/java/dev/exitflow/schema/ReadmeExampleTest.java"));
        String example =
                source.substring(source.indexOf("// example begins\n") + 18, source.lastIndexOf("// example ends"));

        assertThat(Files.readString(Path.of("README.md")))
                .contains(example.stripIndent()
                        .lines()
                        .map(String::stripTrailing)
                        .collect(Collectors.joining("\n"))
                        .strip());
    }

    private void read(Map<String, ?> config, byte[] bytes) {
        // example begins
        RecordCodec<ImageRecord> images = RecordCodecs.from(config).imageRecords();

        Decoded<ImageRecord> decoded = images.decode("exitflow-images", bytes);
        if (decoded instanceof Decoded.Value<ImageRecord> image) {
            classify(image.value());
        } else if (decoded instanceof Decoded.Malformed<ImageRecord> malformed) {
            sendToDeadLetters(bytes, malformed.reason());
        }
        // example ends
    }

    private void classify(ImageRecord image) {
        classified.add(image);
    }

    private void sendToDeadLetters(byte[] bytes, String reason) {
        deadLetters.add(bytes.length + " bytes: " + reason);
    }
}
