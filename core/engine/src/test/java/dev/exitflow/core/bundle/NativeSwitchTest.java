package dev.exitflow.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class NativeSwitchTest {

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "names of C++ functions are others there")
    void shouldHaveNnpackOffWhenPyTorchIsInUse() {
        PyTorchRuntime.newManager().close();

        NativeLibrary torch =
                NativeLibrary.getInstance(Path.of(LibUtils.getLibtorchPath(), System.mapLibraryName("torch_cpu"))
                        .toString());
        Pointer context = torch.getFunction("_ZN2at13globalContextEv").invokePointer(new Object[0]);
        int isOn = torch.getFunction("_ZNK2at7Context17userEnabledNNPACKEv").invokeInt(new Object[] {context});

        assertThat(isOn & 1).isZero(); // a C++ bool is the lowest byte
    }
}
