package dev.exitflow.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigTableTest {

    @Test
    void shouldStandInTheReadmeWhenKeysChange() throws IOException {
        String readme = Files.readString(Path.of("README.md"));

        assertThat(readme)
                .as("processor/README.md must hold this table:%n%s", ConfigTable.markdown())
                .contains(ConfigTable.markdown());
    }
}
