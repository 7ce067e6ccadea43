package dev.exitflow.core.image;

/** What the components of a JPEG's pixels mean. */
enum JpegColours {
    GRAY(1, 0),
    RGB(3, 0),
    YCBCR(3, 1),
    /** Shares of ink. */
    CMYK(4, 0),
    /** Shares of ink, stored as 255 less each, as Adobe's programs and with them most others do. */
    INVERTED_CMYK(4, 0),
    /** The same, with the first three components as luminance and chrominance. */
    INVERTED_YCCK(4, 2);

    private final int components;
    private final int adobeTransform;

    JpegColours(int components, int adobeTransform) {
        this.components = components;
        this.adobeTransform = adobeTransform;
    }

    /**
     * Concludes from markers what the components mean, by the rules of libjpeg.
     *
     * @param componentIds of the frame
     * @param jfif whether there is a JFIF marker
     * @param adobeTransform of the Adobe marker; negative without one
     * @return null for a number of components that no known meaning has
     */
    static JpegColours of(byte[] componentIds, boolean jfif, int adobeTransform) {
        return switch (componentIds.length) {
            case 1 -> GRAY;
            case 3 -> {
                boolean namedRgb = componentIds[0] == 'R' && componentIds[1] == 'G' && componentIds[2] == 'B';
                boolean rgb = adobeTransform < 0 ? namedRgb : adobeTransform == RGB.adobeTransform;
                yield rgb && !jfif ? RGB : YCBCR;
            }
            case 4 -> {
                if (adobeTransform < 0) {
                    yield CMYK;
                }
                yield adobeTransform == INVERTED_CMYK.adobeTransform ? INVERTED_CMYK : INVERTED_YCCK;
            }
            default -> null;
        };
    }

    /** Whether the components are shares of ink, which {@link #rgb} converts; libjpeg converts the others. */
    boolean isInk() {
        return components == 4;
    }

    /** How an Adobe marker says it. */
    int adobeTransform() {
        return adobeTransform;
    }

    /**
     * Converts inks.
     *
     * @param samples (H, W, 4) as they are stored
     * @return (H, W, 3), red first
     */
    byte[] rgb(int[] samples) {
        byte[] rgb = new byte[samples.length / 4 * 3];
        for (int from = 0, to = 0; from < samples.length; from += 4, to += 3) {
            int first = samples[from];
            int second = samples[from + 1];
            int third = samples[from + 2];
            int black = samples[from + 3];
            switch (this) {
                case CMYK -> put(rgb, to, 255 - first, 255 - second, 255 - third, 255 - black);
                case INVERTED_CMYK -> put(rgb, to, first, second, third, black);
                case INVERTED_YCCK -> {
                    double blue = second - 128.0;
                    double red = third - 128.0;
                    put(
                            rgb,
                            to,
                            255 - clamped(first + 1.402 * red),
                            255 - clamped(first - 0.344136 * blue - 0.714136 * red),
                            255 - clamped(first + 1.772 * blue),
                            black);
                }
                default -> throw new IllegalStateException(this + " are no inks");
            }
        }
        return rgb;
    }

    /** Writes (255 - C)(255 - K) / 255, and the same of M and Y; each argument is what its ink leaves of 255. */
    private static void put(byte[] rgb, int to, int cyan, int magenta, int yellow, int black) {
        rgb[to] = (byte) ((cyan * black + 127) / 255);
        rgb[to + 1] = (byte) ((magenta * black + 127) / 255);
        rgb[to + 2] = (byte) ((yellow * black + 127) / 255);
    }

    private static int clamped(double value) {
        return (int) Math.max(0, Math.min(255, Math.round(value)));
    }
}
