package dev.exitflow.ops.embedded;

import dev.exitflow.core.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble.VerificationFlag;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * The directory that holds one embedded broker's data: a lock file and, beside it, Kafka's own directory.
 *
 * <p>It is locked for as long as this object is open. A directory that holds anything else is left alone.
 */
final class DataDirectory implements AutoCloseable {

    private static final String LOG_NAME = "log";
    private static final String METADATA_TOPIC = "__cluster_metadata-0";

    private final Path root;
    private final boolean temporary;
    private final long minFreeBytes;
    private final DirectoryLock lock;

    private DataDirectory(Path root, boolean temporary, long minFreeBytes, DirectoryLock lock) {
        this.root = root;
        this.temporary = temporary;
        this.minFreeBytes = minFreeBytes;
        this.lock = lock;
    }

    /**
     * Makes the directory if it is missing, locks it and checks that a broker can live there.
     *
     * @throws BrokerException if another broker has it, it cannot be written, or it holds something else
     */
    static DataDirectory open(BrokerSettings settings) {
        Path root = settings.dataDirectory().map(DataDirectory::made).orElseGet(DataDirectory::madeTemporary);
        DirectoryLock lock = DirectoryLock.take(root);
        DataDirectory directory =
                new DataDirectory(root, settings.dataDirectory().isEmpty(), settings.minFreeBytes(), lock);
        try {
            directory.requireSpace();
            return directory;
        } catch (BrokerException e) {
            directory.close();
            throw e;
        }
    }

    Path root() {
        return root;
    }

    /** Where Kafka keeps its logs and metadata. */
    Path log() {
        return root.resolve(LOG_NAME);
    }

    /** @throws BrokerException if the disk has less room than the reserve, or the directory is gone */
    void requireSpace() {
        // Not the file store, which Java finds in the mount table: under a changed root the directory may not be there.
        long usable = root.toFile().getUsableSpace();
        if (usable == 0 && !Files.isDirectory(root)) {
            throw new BrokerException("data directory %s of the embedded broker is gone", root);
        }
        if (usable < minFreeBytes) {
            throw new BrokerException(
                    "the disk of data directory %s is full: %s free, the embedded broker keeps %s; make room or choose"
                            + " another directory",
                    root, mebibytes(usable), mebibytes(minFreeBytes));
        }
    }

    /** Formats the directory for a new cluster of one node, or checks that it is one. */
    MetaPropertiesEnsemble formatted() {
        try {
            Files.createDirectories(log());
            if (load().emptyLogDirs().contains(log().toString())) {
                requireNoOrphans();
                format();
            }
            MetaPropertiesEnsemble ensemble = load();
            ensemble.verify(
                    Optional.empty(),
                    OptionalInt.of(ServerProperties.NODE_ID),
                    EnumSet.of(VerificationFlag.REQUIRE_AT_LEAST_ONE_VALID, VerificationFlag.REQUIRE_METADATA_LOG_DIR));
            requireMetadata();
            return ensemble;
        } catch (BrokerException e) {
            throw e;
        } catch (Exception e) { // Formatter.run() declares it
            throw new BrokerException(
                    "data directory " + root + " is not of an embedded broker or is damaged (" + e.getMessage()
                            + "): choose another directory, or delete this one and lose its topics",
                    e);
        }
    }

    private MetaPropertiesEnsemble load() throws IOException {
        return new MetaPropertiesEnsemble.Loader()
                .addMetadataLogDir(log().toString())
                .load();
    }

    private void format() throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(ServerProperties.NODE_ID)
                .setClusterId(Uuid.randomUuid().toString())
                .setControllerListenerName(ServerProperties.CONTROLLER_LISTENER)
                .setDirectories(List.of(log().toString()))
                .setMetadataLogDirectory(log().toString())
                .run();
    }

    /** Kafka would start without its metadata, take every topic for a stray one and put it away. */
    private void requireMetadata() throws IOException {
        if (!Files.isDirectory(log().resolve(METADATA_TOPIC))) {
            requireNoOrphans();
        }
    }

    private void requireNoOrphans() throws IOException {
        try (Stream<Path> entries = Files.list(log())) {
            Optional<Path> orphan = entries.filter(Files::isDirectory).findAny();
            if (orphan.isPresent()) {
                throw new IOException(orphan.get().getFileName() + " is there without the cluster's metadata");
            }
        }
    }

    /** Lets the lock go, and deletes the directory if it is a temporary one. */
    @Override
    public void close() {
        if (temporary) {
            deleteTree();
        }
        lock.close();
    }

    private void deleteTree() {
        try (Stream<Path> entries = Files.walk(root)) {
            entries.sorted(Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // What stays of a temporary directory harms nobody, and the broker is closed all the same.
            root.toFile().deleteOnExit();
        }
    }

    private static Path made(Path root) {
        try {
            Files.createDirectories(root);
            requireOursOrEmpty(root);
            return root;
        } catch (IOException e) {
            throw new BrokerException(
                    "cannot make data directory " + root + " for the embedded broker: " + Reason.of(e), e);
        }
    }

    private static Path madeTemporary() {
        try {
            return Files.createTempDirectory("exitflow-broker-");
        } catch (IOException e) {
            throw new BrokerException(
                    "cannot make a temporary directory for the embedded broker in "
                            + System.getProperty("java.io.tmpdir") + ": " + Reason.of(e),
                    e);
        }
    }

    private static void requireOursOrEmpty(Path root) throws IOException {
        if (Files.exists(root.resolve(DirectoryLock.FILE_NAME))) {
            return;
        }
        try (Stream<Path> entries = Files.list(root)) {
            Optional<Path> other = entries.findAny();
            if (other.isPresent()) {
                throw new BrokerException(
                        "data directory %s holds %s, which is not of an embedded broker: choose an empty or a new"
                                + " directory",
                        root, other.get().getFileName());
            }
        }
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
    }
}
