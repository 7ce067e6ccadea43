package dev.exitflow.schema;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How to reach a schema registry and what may be asked of it. The keys are those of Confluent's clients where those have one.
 *
 * @param urls of one registry's nodes, tried in order; without a slash at the end
 * @param userInfo {@code user:password} for HTTP basic authentication, empty for none
 * @param autoRegister whether a schema that the registry does not know is registered on the first write
 * @param timeout of one request
 */
record RegistryConfig(List<URI> urls, String userInfo, boolean autoRegister, Duration timeout) {

    static final String URL = "schema.registry.url";
    static final String USER_INFO = "basic.auth.user.info";
    static final String AUTO_REGISTER = "auto.register.schemas";
    static final String TIMEOUT_MILLIS = "schema.registry.timeout.ms";

    private static final String DEFAULT_TIMEOUT_MILLIS = "10000";

    RegistryConfig {
        urls = List.copyOf(urls);
    }

    /** Whether the configuration names a registry. */
    static boolean isPresentIn(Map<String, ?> config) {
        return !text(config, URL, "").isEmpty();
    }

    /**
     * Reads and checks all keys.
     *
     * @throws IllegalArgumentException that names every bad key
     */
    static RegistryConfig from(Map<String, ?> config) {
        List<String> problems = new ArrayList<>();
        List<URI> urls = Arrays.stream(text(config, URL, "").split(","))
                .map(url -> url(url.strip(), problems))
                .toList();
        String userInfo = text(config, USER_INFO, "");
        if (!userInfo.isEmpty() && userInfo.indexOf(':') < 1) {
            problems.add(USER_INFO + ": got a value without a colon, expected user:password");
        }
        boolean autoRegister = autoRegister(text(config, AUTO_REGISTER, "true"), problems);
        Duration timeout = timeout(text(config, TIMEOUT_MILLIS, DEFAULT_TIMEOUT_MILLIS), problems);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("bad schema registry configuration: " + String.join("; ", problems));
        }
        return new RegistryConfig(urls, userInfo, autoRegister, timeout);
    }

    /** Leaves the password out. */
    @Override
    public String toString() {
        return "RegistryConfig[urls=%s, autoRegister=%s, timeout=%s]".formatted(urls, autoRegister, timeout);
    }

    private static URI url(String url, List<String> problems) {
        try {
            URI uri = new URI(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (URISyntaxException ignored) {
            // Reported below, together with URLs that parse but lack a scheme or host.
        }
        problems.add(URL + ": got '" + url + "', expected http:// or https://, a host and maybe a path");
        return URI.create("");
    }

    private static boolean autoRegister(String value, List<String> problems) {
        String lowerCase = value.toLowerCase(Locale.ROOT);
        if (!lowerCase.equals("true") && !lowerCase.equals("false")) {
            problems.add(AUTO_REGISTER + ": got '" + value + "', expected true or false");
        }
        return lowerCase.equals("true");
    }

    private static Duration timeout(String value, List<String> problems) {
        try {
            long millis = Long.parseLong(value);
            if (millis > 0) {
                return Duration.ofMillis(millis);
            }
        } catch (NumberFormatException ignored) {
            // Reported below, together with numbers out of range.
        }
        problems.add(TIMEOUT_MILLIS + ": got '" + value + "', expected milliseconds, 1 or more");
        return Duration.ZERO;
    }

    private static String text(Map<String, ?> config, String key, String byDefault) {
        Object value = config.get(key);
        return value == null ? byDefault : value.toString().strip();
    }
}
