package dev.exitflow.core.bundle;

import com.sun.jna.NativeLibrary;
import dev.exitflow.core.ExitflowException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Holds oneDNN, the library behind PyTorch's convolutions, to kernels that compute rightly.
 *
 * <p>oneDNN 3.7 sizes the blocks of a 1x1 convolution by the processor's caches. Virtual machines with AMD processors may hide them: the
 * leaf of CPUID that describes them is zero, which oneDNN takes for a cache of one byte. Some 1x1 convolutions then leave the channels
 * after the last full 32 wrong, and others divide by zero, which ends the process. Kernels for AVX do not use the sizes.
 */
final class OneDnn {

    /** Read once by oneDNN, before its first kernel. */
    static final String MAX_ISA = "ONEDNN_MAX_CPU_ISA";

    static final String SAFE_ISA = "AVX";

    private static final AtomicReference<String> HELD = new AtomicReference<>();

    private OneDnn() {}

    /**
     * Limits oneDNN to AVX where PyTorch is not loaded yet, and has PyTorch do without it otherwise, for the rest of this process.
     *
     * @return what was done, for a message
     * @throws ExitflowException where neither is possible
     */
    static synchronized String hold() {
        if (HELD.get() == null) {
            HELD.set(!PyTorchRuntime.isLoaded() && setEnvironment() ? "oneDNN is limited to AVX" : switchOff());
        }
        return HELD.get();
    }

    /** Whether {@link #hold} was called. */
    static boolean isHeld() {
        return HELD.get() != null;
    }

    private static String switchOff() {
        PyTorchRuntime.load();
        if (!NativeSwitch.ONEDNN.turn(false)) {
            throw new ExitflowException(
                    "oneDNN computes wrongly on this processor and cannot be held from here; set the environment variable %s=%s",
                    MAX_ISA, SAFE_ISA);
        }
        return "oneDNN is off";
    }

    /** The JVM's own view of the environment does not change; libtorch asks the C library. */
    private static boolean setEnvironment() {
        try {
            return NativeLibrary.getInstance("c").getFunction("setenv").invokeInt(new Object[] {MAX_ISA, SAFE_ISA, 1})
                    == 0;
        } catch (UnsatisfiedLinkError e) {
            return false; // Windows
        }
    }
}
