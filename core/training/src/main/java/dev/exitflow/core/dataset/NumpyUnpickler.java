package dev.exitflow.core.dataset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.razorvine.pickle.IObjectConstructor;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;

/**
 * Reads pickles of plain Python values and numpy arrays, and nothing else: a pickle that names any other class or function is
 * refused. Not safe for use by several threads.
 */
final class NumpyUnpickler extends Unpickler {

    /** All that a pickle may name, and what we make of it. Numpy 2 has moved its core; the rest is as in 2009. */
    private static final Map<String, IObjectConstructor> KNOWN = Map.of(
            "numpy.core.multiarray._reconstruct", arguments -> new NumpyArray(),
            "numpy._core.multiarray._reconstruct", arguments -> new NumpyArray(),
            "numpy.ndarray", arguments -> new NumpyArray(),
            "numpy.dtype", arguments -> new NumpyType((String) arguments[0]),
            // How Python 3 writes bytes for Python 2.
            "_codecs.encode", arguments -> ((String) arguments[0]).getBytes(StandardCharsets.ISO_8859_1));

    /** An element type, such as {@code u1}; its state says nothing that matters to single bytes. */
    private record NumpyType(String code) {}

    /** An array, empty until its state is read. */
    static final class NumpyArray {

        private int[] shape = {};
        private String type = "unknown";
        private byte[] bytes = {};

        private NumpyArray() {}

        /** Length of each dimension, the slowest first. */
        int[] shape() {
            return shape.clone();
        }

        /** Numpy's code of the element type. */
        String type() {
            return type;
        }

        boolean isUnsignedBytes() {
            return type.equals("u1");
        }

        /** The elements as they are in memory, C order; not copied. */
        byte[] bytes() {
            return bytes;
        }

        /** The state is (version, shape, type, whether in Fortran order, elements). */
        private void restore(Object[] state) {
            if ((Boolean) state[3]) {
                throw new PickleException("an array in Fortran order, expected C order");
            }
            Object[] dimensions = (Object[]) state[1];
            shape = new int[dimensions.length];
            long elements = 1;
            for (int dimension = 0; dimension < shape.length; dimension++) {
                shape[dimension] = (Integer) dimensions[dimension];
                elements *= shape[dimension];
            }
            type = ((NumpyType) state[2]).code();
            // Python 2's strings are bytes, which the unpickler reads as one character each.
            bytes = state[4] instanceof String text ? text.getBytes(StandardCharsets.ISO_8859_1) : (byte[]) state[4];
            if (isUnsignedBytes() && bytes.length != elements) {
                throw new PickleException("an array of " + bytes.length + " bytes, its shape needs " + elements);
            }
        }
    }

    @Override
    protected Object dispatch(short opcode) throws IOException {
        switch (opcode) {
            case Opcodes.GLOBAL -> {
                String module = PickleUtils.readline(input);
                stack.add(known(module, PickleUtils.readline(input)));
            }
            case Opcodes.STACK_GLOBAL -> {
                String name = (String) stack.pop();
                stack.add(known((String) stack.pop(), name));
            }
            case Opcodes.BUILD -> {
                Object state = stack.pop();
                if (stack.peek() instanceof NumpyArray array) {
                    array.restore((Object[]) state);
                } else if (!(stack.peek() instanceof NumpyType)) {
                    throw new PickleException("a state for " + stack.peek() + ", expected one for a numpy array");
                }
            }
            case Opcodes.INST -> throw new PickleException("an instance of a class, expected plain values and arrays");
            default -> {
                return super.dispatch(opcode);
            }
        }
        return NO_RETURN_VALUE;
    }

    private static IObjectConstructor known(String module, String name) {
        IObjectConstructor constructor = KNOWN.get(module + "." + name);
        if (constructor == null) {
            throw new PickleException("it names %s.%s, expected nothing but numpy arrays".formatted(module, name));
        }
        return constructor;
    }
}
