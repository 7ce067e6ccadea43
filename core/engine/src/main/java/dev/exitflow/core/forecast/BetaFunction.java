package dev.exitflow.core.forecast;

/**
 * Computes the beta function and its incomplete form, which give exact bounds for shares.
 *
 * @see <a href="https://dlmf.nist.gov/8.17">NIST Digital Library of Mathematical Functions, 8.17</a>
 */
public final class BetaFunction {

    /** Lanczos' approximation of the gamma function with g = 7 and nine terms, exact to about 1e-15. */
    private static final double[] LANCZOS = {
        0.9999999999998099,
        676.5203681218851,
        -1259.1392167224028,
        771.3234287776531,
        -176.6150291621406,
        12.507343278686905,
        -0.13857109526572012,
        9.984369578019572e-6,
        1.5056327351493116e-7
    };

    private static final double LANCZOS_G = 7;
    private static final int MAX_TERMS = 10_000;
    private static final double PRECISION = 1e-15;
    private static final double TINY = 1e-300;

    private BetaFunction() {}

    /**
     * Computes the natural logarithm of B(a, b).
     *
     * @param a above 0
     * @param b above 0
     */
    public static double log(double a, double b) {
        return logGamma(a) + logGamma(b) - logGamma(a + b);
    }

    /**
     * Computes the regularized incomplete beta function I<sub>x</sub>(a, b), by its continued fraction (DLMF 8.17.22).
     *
     * @param x in [0, 1]
     * @param a above 0
     * @param b above 0
     * @return in [0, 1], ascending with x
     */
    public static double regularized(double x, double a, double b) {
        if (x <= 0 || x >= 1) {
            return x <= 0 ? 0 : 1;
        }
        double front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - log(a, b));
        return x < (a + 1) / (a + b + 2) ? front * fraction(x, a, b) / a : 1 - front * fraction(1 - x, b, a) / b;
    }

    /** Evaluates the continued fraction by Lentz' method. */
    private static double fraction(double x, double a, double b) {
        double c = 1;
        double d = 1 / notZero(1 - (a + b) * x / (a + 1));
        double value = d;
        for (int m = 1; m <= MAX_TERMS; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / notZero(1 + even * d);
            c = notZero(1 + even / c);
            value *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / notZero(1 + odd * d);
            c = notZero(1 + odd / c);
            double change = d * c;
            value *= change;
            if (Math.abs(change - 1) < PRECISION) {
                break;
            }
        }
        return value;
    }

    private static double notZero(double value) {
        return Math.abs(value) < TINY ? TINY : value;
    }

    private static double logGamma(double x) {
        if (x < 0.5) {
            return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
        }
        double sum = LANCZOS[0];
        for (int term = 1; term < LANCZOS.length; term++) {
            sum += LANCZOS[term] / (x - 1 + term);
        }
        double shifted = x - 1 + LANCZOS_G + 0.5;
        return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(shifted) - shifted + Math.log(sum);
    }
}
