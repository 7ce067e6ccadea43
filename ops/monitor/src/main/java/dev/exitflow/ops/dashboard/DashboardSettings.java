package dev.exitflow.ops.dashboard;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * How the dashboard is served.
 *
 * @param host address to listen on; the loopback's unless others shall reach it
 * @param port to listen on, 0 for any free one
 * @param token what a browser must know to change anything, and off the loopback to see anything; 16 characters or more
 * @param bundles what the models are, for previews and costs; others are shown without
 * @param agreementFloor drawn beside the live agreement; empty for none
 */
public record DashboardSettings(
        String host, int port, String token, List<Manifest> bundles, OptionalDouble agreementFloor) {

    /** Where it listens unless told otherwise. */
    public static final String DEFAULT_HOST = "127.0.0.1";

    /** The port unless told otherwise; the processor's is one below. */
    public static final int DEFAULT_PORT = 9465;

    private static final int SHORTEST_TOKEN = 16;
    private static final int TOKEN_BYTES = 16;
    private static final int HIGHEST_PORT = 65_535;

    /** @throws ExitflowException naming the value that is out of its range */
    public DashboardSettings {
        bundles = List.copyOf(bundles);
        if (port < 0 || port > HIGHEST_PORT) {
            throw new ExitflowException("dashboard port %d, expected 0 to %d", port, HIGHEST_PORT);
        }
        if (!token.matches("[\\x21-\\x7e]{" + SHORTEST_TOKEN + ",}")) {
            throw new ExitflowException(
                    "dashboard token of %d characters, expected %d or more, letters, digits and signs without spaces",
                    token.length(), SHORTEST_TOKEN);
        }
        if (agreementFloor.isPresent() && !(agreementFloor.getAsDouble() >= 0 && agreementFloor.getAsDouble() <= 1)) {
            throw new ExitflowException("agreement floor %s, expected [0, 1]", agreementFloor.getAsDouble());
        }
    }

    /** The same on another port. */
    public DashboardSettings withPort(int newPort) {
        return new DashboardSettings(host, newPort, token, bundles, agreementFloor);
    }

    /** A token that nobody can guess, of letters and digits. */
    public static String newToken() {
        byte[] bytes = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "dashboard on %s:%d", host, port); // the token stays out of logs
    }
}
