package dev.exitflow.ops.dashboard;

import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.TooManyRequestsResponse;
import io.javalin.http.UnauthorizedResponse;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;

/**
 * Who may see and who may change.
 *
 * <p>On the loopback everybody on this machine may see, elsewhere who has the token; to change something takes the token in every case,
 * and a page of ours. A page of somebody else's, in the same browser, can do neither: it does not know the token, its requests name
 * another origin, and one that has its own name point to this machine names another host. Safe for use by several threads.
 */
final class AccessGate {

    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final String SCHEME = "Bearer ";
    private static final int MOST_CHANGES = 20;
    private static final Duration CHANGES_WINDOW = Duration.ofSeconds(10);

    private final byte[] token;
    private final String host;
    private final boolean isOnLoopback;
    private final InstantSource clock;
    private final Deque<Instant> changes = new ArrayDeque<>();

    /** @param bound the address that is listened on */
    AccessGate(String token, String host, InetAddress bound, InstantSource clock) {
        this.token = bytes(token);
        this.host = host;
        this.isOnLoopback = bound.isLoopbackAddress();
        this.clock = clock;
    }

    /** Lets whoever may see pass. */
    void requireReader(Context context) {
        requireOurName(context);
        if (!isOnLoopback) {
            requireToken(context);
        }
    }

    /** Lets whoever may change something pass, not too often. */
    void requireWriter(Context context) {
        requireOurName(context);
        requireSameOrigin(context);
        requireToken(context);
        requirePause();
    }

    private void requireOurName(Context context) {
        String named = context.header("Host");
        String name = named == null ? "" : named.replaceFirst(":\\d+$", "");
        if (isOnLoopback && !LOOPBACK_NAMES.contains(name) && !name.equals(host)) {
            throw new ForbiddenResponse("this is not " + name + ": open the dashboard by the address that it printed");
        }
    }

    private static void requireSameOrigin(Context context) {
        String origin = context.header("Origin");
        String site = context.header("Sec-Fetch-Site");
        boolean isForeign = origin != null && !authority(origin).equals(context.header("Host"));
        if (isForeign || (site != null && !site.equals("same-origin"))) {
            throw new ForbiddenResponse("changes are taken from the dashboard's own page only");
        }
    }

    private static String authority(String origin) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority == null ? "" : authority;
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private void requireToken(Context context) {
        String given = context.header("Authorization");
        boolean isRight = given != null
                && given.startsWith(SCHEME)
                && MessageDigest.isEqual(token, bytes(given.substring(SCHEME.length())));
        if (!isRight) {
            throw new UnauthorizedResponse(
                    given == null ? "this needs the dashboard's token" : "the token is not the dashboard's");
        }
    }

    private synchronized void requirePause() {
        Instant now = clock.instant();
        while (!changes.isEmpty() && changes.peekFirst().plus(CHANGES_WINDOW).isBefore(now)) {
            changes.removeFirst();
        }
        if (changes.size() >= MOST_CHANGES) {
            throw new TooManyRequestsResponse(String.format(
                    Locale.ROOT,
                    "%d changes within %d s are too many, try again in a moment",
                    MOST_CHANGES,
                    CHANGES_WINDOW.toSeconds()));
        }
        changes.addLast(now);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
