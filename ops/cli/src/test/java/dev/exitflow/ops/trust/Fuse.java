package dev.exitflow.ops.trust;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What ends this process, or holds up its thread, when it comes to a point, once it is lit from outside.
 *
 * <p>The test makes the fuse's file; the process looks for it each time it passes the point. Safe for use by several threads.
 */
final class Fuse {

    private static final String POINT = "exitflow.test.halt.point";
    private static final String FILE = "exitflow.test.halt.file";
    private static final String PASSES = "exitflow.test.halt.passes";
    private static final String HOLDS = "exitflow.test.halt.holds";
    private static final int KILLED_STATUS = 137;
    private static final long COMMIT_NANOS = 2_000_000;
    private static final long LOOK_NANOS = 20_000_000;

    private final HaltPoint point;
    private final Path file;
    private final AtomicInteger passesLeft;
    private final boolean holds;

    private Fuse(HaltPoint point, Path file, int passes, boolean holds) {
        this.point = point;
        this.file = file;
        this.passesLeft = new AtomicInteger(passes);
        this.holds = holds;
    }

    /** The Java machine's options that give a process such a fuse. */
    static List<String> options(HaltPoint point, Path file, int passes) {
        return List.of("-D" + POINT + "=" + point, "-D" + FILE + "=" + file, "-D" + PASSES + "=" + passes);
    }

    /** The same for one that holds up the thread at its first pass, until the file is deleted. */
    static List<String> holdingOptions(HaltPoint point, Path file) {
        List<String> options = new ArrayList<>(options(point, file, 1));
        options.add("-D" + HOLDS + "=true");
        return options;
    }

    /** The file that says that a thread is held up. */
    static Path reached(Path file) {
        return file.resolveSibling(file.getFileName() + "-reached");
    }

    /** The fuse that this process was given. */
    static Fuse ofThisProcess() {
        return new Fuse(
                HaltPoint.valueOf(System.getProperty(POINT)),
                Path.of(System.getProperty(FILE)),
                Integer.getInteger(PASSES),
                Boolean.getBoolean(HOLDS));
    }

    /** Ends the process, without hooks or finalizers, or holds up the thread, if this is the point, the fuse is lit and has no passes left. */
    void pass(HaltPoint passed) {
        if (!isDue(passed)) {
            return;
        }
        if (holds) {
            hold();
        } else {
            halt();
        }
    }

    private void hold() {
        try {
            Files.createFile(reached(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        while (Files.exists(file)) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** The same while the caller goes on for a moment. */
    void passSlowly(HaltPoint passed) {
        if (isDue(passed)) {
            Thread later = new Thread(() -> {
                LockSupport.parkNanos(COMMIT_NANOS);
                halt();
            });
            later.setDaemon(true);
            later.start();
        }
    }

    private boolean isDue(HaltPoint passed) {
        return passed == point && Files.exists(file) && passesLeft.decrementAndGet() <= 0;
    }

    private static void halt() {
        Runtime.getRuntime().halt(KILLED_STATUS);
    }
}
