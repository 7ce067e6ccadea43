package dev.exitflow.core.bundle;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A library behind PyTorch's convolutions that PyTorch can do without; Python reaches the switch, DJL does not. */
enum NativeSwitch {

    /**
     * PyTorch asks it first for the convolutions of a single small image. Where it does not know the processor, and it knows few of
     * those that clouds rent out, each such convolution writes a line to stderr.
     */
    NNPACK("_ZN2at7Context20setUserEnabledNNPACKEb"),

    /** PyTorch asks it for nearly all convolutions on a CPU. See {@link OneDnn} for what it does where caches are hidden. */
    ONEDNN("_ZN2at7Context20setUserEnabledMkldnnEb");

    private static final Logger LOG = LoggerFactory.getLogger(NativeSwitch.class);

    private static final String CONTEXT = "_ZN2at13globalContextEv";

    private final String setter;

    NativeSwitch(String setter) {
        this.setter = setter;
    }

    /** Sets it for this process, in which PyTorch is loaded; returns false where this build of PyTorch has no such switch. */
    boolean turn(boolean on) {
        Path library = Path.of(LibUtils.getLibtorchPath(), System.mapLibraryName("torch_cpu"));
        try {
            NativeLibrary torch = NativeLibrary.getInstance(library.toString());
            Pointer context = torch.getFunction(CONTEXT).invokePointer(new Object[0]);
            torch.getFunction(setter, Function.C_CONVENTION).invokeVoid(new Object[] {context, on});
            return true;
        } catch (UnsatisfiedLinkError e) {
            LOG.debug("{} has no switch for {}", library, this, e);
            return false;
        }
    }
}
