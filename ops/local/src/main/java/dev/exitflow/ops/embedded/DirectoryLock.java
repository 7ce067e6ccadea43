package dev.exitflow.ops.embedded;

import dev.exitflow.core.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A lock that keeps a second broker off a data directory, taken before Kafka looks at it: Kafka's own lock comes late,
 * and a second process then hangs instead of ending.
 *
 * <p>The operating system lets it go when the process ends, however it ends. The file says whose lock it is.
 */
final class DirectoryLock implements AutoCloseable {

    static final String FILE_NAME = ".exitflow.lock";

    /** Far behind the text, which others may then read even where locks are mandatory. */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws BrokerException if another broker has the lock, or its file cannot be written */
    static DirectoryLock take(Path directory) {
        Path file = directory.resolve(FILE_NAME);
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                if (!lock(channel)) {
                    throw new BrokerException(
                            "data directory %s is in use by another embedded broker (%s): stop that one or choose"
                                    + " another directory",
                            directory, owner(file));
                }
                channel.truncate(0);
                String text = "process " + ProcessHandle.current().pid() + "\n";
                channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                return new DirectoryLock(channel);
            } catch (IOException | BrokerException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new BrokerException(
                    "cannot write in data directory " + directory + " of the embedded broker (" + Reason.of(e)
                            + "): check its permissions and its disk, or choose another directory",
                    e);
        }
    }

    private static boolean lock(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static String owner(Path file) throws IOException {
        String text = Files.readString(file).strip();
        return text.isEmpty() ? "unknown process" : text;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new BrokerException(
                    "cannot release the lock of the embedded broker's data directory: " + Reason.of(e), e);
        }
    }
}
