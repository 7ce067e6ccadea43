package dev.exitflow.ops.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

    @TempDir
    Path directory;

    @Test
    void shouldStayTheSameClusterWhenOpenedAgain() {
        String first = clusterId();

        String second = clusterId();

        assertThat(second).isEqualTo(first);
    }

    @Test
    void shouldRefuseDirectoryWhenItHoldsSomethingElse() throws IOException {
        Files.writeString(directory.resolve("letter.txt"), "dear");

        assertThatThrownBy(() -> DataDirectory.open(settings()))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("letter.txt");
        assertThat(directory).isDirectoryContaining("glob:**letter.txt");
    }

    @Test
    void shouldRefuseDirectoryWhenItsNodeIsAnother() throws IOException {
        clusterId();
        Files.writeString(metaProperties(), "version=1\nnode.id=7\ncluster.id=aaaaaaaaaaaaaaaaaaaaaa\n");

        assertDamaged("7");
    }

    @Test
    void shouldRefuseDirectoryWhenItsPropertiesAreGarbage() throws IOException {
        clusterId();
        Files.writeString(metaProperties(), "version=banana");

        assertDamaged("meta.properties");
    }

    @Test
    void shouldRefuseDirectoryWhenTopicsLostTheirMetadata() throws IOException {
        clusterId();
        Files.createDirectory(directory.resolve("log/exitflow-images-0"));

        assertDamaged("exitflow-images-0");

        Files.delete(metaProperties());
        assertDamaged("exitflow-images-0");
    }

    @Test
    void shouldRefuseDirectoryWhenDiskIsFull() {
        BrokerSettings greedy = settings().withMinFreeBytes(Long.MAX_VALUE);

        assertThatThrownBy(() -> DataDirectory.open(greedy))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("full")
                .hasMessageContaining(directory.toString());

        clusterId();
    }

    @Test
    void shouldSayThatItIsGoneWhenSomeoneDeletedIt() throws IOException {
        Path doomed = directory.resolve("doomed");
        try (DataDirectory data = DataDirectory.open(BrokerSettings.temporary().withDataDirectory(doomed))) {
            Files.move(doomed, directory.resolve("elsewhere"));

            assertThatThrownBy(data::requireSpace)
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining(doomed.toString())
                    .hasMessageContaining("gone");
        }
    }

    @Test
    void shouldRefuseDirectoryWhenItCannotBeWritten() throws IOException {
        Path closed = Files.createDirectory(directory.resolve("closed"));
        assumeThat(closed.toFile().setWritable(false)).isTrue();
        assumeThat(Files.isWritable(closed)).as("this user may write anywhere").isFalse();

        assertThatThrownBy(() -> DataDirectory.open(BrokerSettings.temporary().withDataDirectory(closed)))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining(closed.toString());
    }

    @Test
    void shouldRefuseDirectoryWhenItIsAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertThatThrownBy(() -> DataDirectory.open(BrokerSettings.temporary().withDataDirectory(file)))
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining(file.toString());
    }

    private String clusterId() {
        try (DataDirectory data = DataDirectory.open(settings())) {
            MetaPropertiesEnsemble ensemble = data.formatted();
            return ensemble.clusterId().orElseThrow();
        }
    }

    private void assertDamaged(String detail) {
        try (DataDirectory data = DataDirectory.open(settings())) {
            assertThatThrownBy(data::formatted)
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining(directory.toString())
                    .hasMessageContaining(detail);
        }
    }

    private Path metaProperties() {
        return directory.resolve("log/meta.properties");
    }

    private BrokerSettings settings() {
        return BrokerSettings.temporary().withDataDirectory(directory);
    }
}
