package dev.exitflow.core.policy;

/** Spreads sample ids evenly over [0, 1), so that a share of a stream can be chosen without remembering anything. */
final class SampleHash {

    private static final double TWO_POW_53 = 0x1.0p53;

    private SampleHash() {}

    /** FNV-1a over the characters, then MurmurHash3's 64-bit finaliser, which evens out short and serial ids. */
    static double unitInterval(String sampleId) {
        long hash = 0xcbf29ce484222325L;
        for (int index = 0; index < sampleId.length(); index++) {
            hash = (hash ^ sampleId.charAt(index)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        hash ^= hash >>> 33;
        return (hash >>> 11) / TWO_POW_53;
    }
}
