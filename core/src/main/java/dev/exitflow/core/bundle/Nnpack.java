package dev.exitflow.core.bundle;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * NNPACK, the library that PyTorch asks first for the convolutions of a single small image.
 *
 * <p>Where it does not know the processor, and it knows few of those that clouds rent out, each such convolution writes a line to stderr.
 * PyTorch has a switch for it which Python reaches ({@code torch.backends.nnpack}) and DJL does not.
 */
final class Nnpack {

    private static final Logger LOG = LoggerFactory.getLogger(Nnpack.class);

    private static final String CONTEXT = "_ZN2at13globalContextEv";
    private static final String SWITCH = "_ZN2at7Context20setUserEnabledNNPACKEb";

    private Nnpack() {}

    /** Has PyTorch do without it in this process; changes nothing where this build of PyTorch has no such switch. */
    static void turnOff() {
        Path library = Path.of(LibUtils.getLibtorchPath(), System.mapLibraryName("torch_cpu"));
        try {
            NativeLibrary torch = NativeLibrary.getInstance(library.toString());
            Pointer context = torch.getFunction(CONTEXT).invokePointer(new Object[0]);
            torch.getFunction(SWITCH, Function.C_CONVENTION).invokeVoid(new Object[] {context, false});
        } catch (UnsatisfiedLinkError e) {
            LOG.debug("{} does not let NNPACK be turned off", library, e);
        }
    }
}
