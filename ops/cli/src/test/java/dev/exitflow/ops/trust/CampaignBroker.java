package dev.exitflow.ops.trust;

import static org.awaitility.Awaitility.await;

import dev.exitflow.ops.embedded.BrokerProcess;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * The broker of a campaign: a process that is killed and started again at the same address, on the same data; on a small disk of its own
 * where this system lets us mount one.
 */
final class CampaignBroker implements AutoCloseable {

    private static final String DISK_SIZE = "512m";
    private static final long ROOM_WHEN_FULL = 16L << 20;

    private final Path folder;
    private final Path disk;
    private final boolean ownDisk;
    private BrokerProcess process;
    private String port = "0";
    private int starts;

    private CampaignBroker(Path folder, Path disk, boolean ownDisk) throws IOException {
        this.folder = folder;
        this.disk = disk;
        this.ownDisk = ownDisk;
        start();
    }

    /** Starts one on the disk that the folder is on. */
    static CampaignBroker onAnyDisk(Path folder) throws IOException {
        return new CampaignBroker(folder, Files.createDirectories(folder.resolve("disk")), false);
    }

    /** Starts one on a disk that can be filled, if this system lets us mount one. */
    static CampaignBroker onSmallDisk(Path folder) throws IOException, InterruptedException {
        Path disk = Files.createDirectories(folder.resolve("disk"));
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=" + DISK_SIZE, "tmpfs", disk.toString());
        return new CampaignBroker(folder, disk, mounted);
    }

    /** Whether its disk is its own and can be filled. */
    boolean hasOwnDisk() {
        return ownDisk;
    }

    String address() {
        return process.address();
    }

    /** Starts it where it was before. */
    void start() throws IOException {
        process = BrokerProcess.start(
                List.of(),
                folder.resolve("broker-" + starts++ + ".log"),
                "--port",
                port,
                "--data-dir",
                disk.resolve("data").toString());
        port = address().substring(address().lastIndexOf(':') + 1);
    }

    /** Starts it unless it runs. */
    void awaitUp() throws IOException {
        if (!process.isAlive()) {
            start();
        }
    }

    void kill() throws InterruptedException {
        process.kill();
    }

    /** Lets it stand still three to six times for two to five seconds each, and run as long in between. */
    void stall(long seed) throws IOException, InterruptedException {
        Random random = new Random(seed);
        for (int left = 3 + random.nextInt(4); left > 0; left--) {
            process.standStill(Duration.ofMillis(2_000 + random.nextInt(3_000)));
        }
    }

    /** Fills its disk, waits until it has stopped for that, and makes room again. */
    void runOutOfDisk() throws IOException, InterruptedException {
        Path ballast = disk.resolve("ballast");
        FileStore store = Files.getFileStore(disk);
        try (RandomAccessFile file = new RandomAccessFile(ballast.toFile(), "rw")) {
            byte[] block = new byte[1 << 20];
            while (store.getUsableSpace() > ROOM_WHEN_FULL) {
                file.write(block);
            }
        }
        int status = process.exitStatus();
        if (status != 1 || !process.errors().contains("is full")) {
            throw new AssertionError("the broker ended with status " + status + ": " + process.errors());
        }
        Files.delete(ballast);
        await().until(() -> store.getUsableSpace() > 2 * ROOM_WHEN_FULL);
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.close();
        if (ownDisk) {
            await().until(() -> run("umount", disk.toString())); // once the process is gone
        }
    }
}
