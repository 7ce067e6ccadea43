package dev.exitflow.core.dataset;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A pickle, opcode by opcode, as Python 2 with protocol 2 wrote CIFAR-10's batches. */
final class PickleBytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int memo;

    PickleBytes() {
        opcode(0x80).opcode(2);
    }

    /** A whole batch; {@code type} is numpy's code of the pixels' type. */
    static byte[] batch(int[] labels, byte[] planes, String type) {
        PickleBytes pickle = new PickleBytes().opcode('}').put().opcode('(');
        pickle.text("batch_label").text("testing batch 1 of 1");
        pickle.text("labels").opcode(']').put().opcode('(');
        for (int label : labels) {
            pickle.opcode('K').opcode(label);
        }
        pickle.opcode('e').text("data").array(labels.length, planes, type);
        return pickle.text("filenames")
                .opcode(']')
                .put()
                .opcode('u')
                .opcode('.')
                .toBytes();
    }

    PickleBytes array(int rows, byte[] planes, String type) {
        global("numpy.core.multiarray", "_reconstruct").global("numpy", "ndarray");
        opcode('K')
                .opcode(0)
                .opcode(0x85)
                .put()
                .text("b")
                .opcode(0x87)
                .put()
                .opcode('R')
                .put();
        opcode('(')
                .opcode('K')
                .opcode(1)
                .number(rows)
                .number(planes.length / rows)
                .opcode(0x86)
                .put();
        global("numpy", "dtype").text(type).opcode('K').opcode(0).opcode('K').opcode(1);
        opcode(0x87).put().opcode('R').put();
        opcode('(')
                .opcode('K')
                .opcode(3)
                .text("|")
                .opcode('N')
                .opcode('N')
                .opcode('N')
                .number(-1)
                .number(-1);
        opcode('K').opcode(0).opcode('t').put().opcode('b').opcode(0x89);
        opcode('T').littleEndian(planes.length);
        out.writeBytes(planes);
        return put().opcode('t').put().opcode('b');
    }

    PickleBytes opcode(int code) {
        out.write(code);
        return this;
    }

    PickleBytes global(String module, String name) {
        opcode('c');
        out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
        return put();
    }

    PickleBytes text(String text) {
        opcode('U').opcode(text.length());
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        return put();
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    private PickleBytes number(int number) {
        return opcode('J').littleEndian(number);
    }

    private PickleBytes littleEndian(int number) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number)
                .array());
        return this;
    }

    private PickleBytes put() {
        return opcode('q').opcode(memo++);
    }
}
