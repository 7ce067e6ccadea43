package dev.exitflow.core.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Makes the use of freed memory show: collects garbage, and fills what became free with values that are not numbers. */
final class Garbage {

    private static final int SMALL_BUFFERS = 20_000;

    private Garbage() {}

    static void collectAndOverwrite() {
        System.gc();
        List<ByteBuffer> buffers = new ArrayList<>();
        for (int count = 0; count < SMALL_BUFFERS; count++) {
            buffers.add(ByteBuffer.allocateDirect(Float.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .putFloat(Float.NaN));
        }
        assertThat(buffers).hasSize(SMALL_BUFFERS); // keeps them until here
    }
}
