package dev.exitflow.core.bundle;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import ai.djl.util.Utils;
import dev.exitflow.core.ExitflowException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * PyTorch inside this process: loaded from the class path's natives, never downloaded.
 *
 * <p>libtorch's intra-op threads are one setting for the whole process; the last caller wins.
 */
public final class PyTorchRuntime {

    private static final String ENGINE = "PyTorch";
    private static final AtomicBoolean CONFIGURED = new AtomicBoolean();

    private PyTorchRuntime() {}

    /** Loads it, if it is not. */
    static void load() {
        engine();
    }

    /** Whether this process has it already. */
    static boolean isLoaded() {
        return CONFIGURED.get();
    }

    /** A manager of native arrays, to be closed by the caller. */
    public static NDManager newManager() {
        return engine().newBaseManager(Device.cpu());
    }

    /** Starts to record gradients on this thread; only one may be open in the process. */
    public static GradientCollector newGradientCollector() {
        return engine().newGradientCollector();
    }

    /** Sets how many threads work on one operation. */
    public static void useIntraOpThreads(int threads) {
        engine();
        JniUtils.setNumThreads(threads);
    }

    /**
     * Keeps TorchScript's profiling executor off this thread: it recompiles for every new batch size, and batches of an
     * early-exit model change their size at every exit.
     */
    public static void useSimpleExecutor() {
        engine();
        JniUtils.setGraphExecutorOptimize(false);
    }

    private static Engine engine() {
        System.setProperty("ai.djl.offline", "true");
        try {
            Engine engine = Engine.getEngine(ENGINE);
            if (CONFIGURED.compareAndSet(false, true)) {
                NativeSwitch.NNPACK.turn(false);
            }
            return engine;
        } catch (EngineException | UnsatisfiedLinkError e) {
            throw new ExitflowException(
                    String.format(
                            "PyTorch does not load on %s %s: %s. The natives are chosen when Exitflow is built: build it on this kind"
                                    + " of machine ('./mvnw clean package'), 64-bit Linux, macOS on Arm, or Windows. They are unpacked into"
                                    + " %s, which must be writable and not mounted noexec: DJL_CACHE_DIR names another directory",
                            System.getProperty("os.name"),
                            System.getProperty("os.arch"),
                            rootMessage(e),
                            Utils.getEngineCacheDir(ENGINE.toLowerCase(Locale.ROOT))),
                    e);
        }
    }

    private static String rootMessage(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse("no message");
    }
}
