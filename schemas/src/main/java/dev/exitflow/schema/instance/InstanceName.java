package dev.exitflow.schema.instance;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;

/** The name of one processor process, and its place in the client ids of the process's group members. */
public final class InstanceName {

    private static final int SUFFIXES = 1 << 16;
    private static final String THREAD = "-StreamThread-";

    private InstanceName() {}

    /**
     * The name of the process that a member of the consumer group belongs to.
     *
     * @param clientId as the group's description says, such as {@code host-1f2e-StreamThread-1-consumer}
     * @return empty when the member is none of ours
     */
    public static Optional<String> ofClientId(String clientId) {
        int end = clientId.lastIndexOf(THREAD);
        return end > 0 ? Optional.of(clientId.substring(0, end)) : Optional.empty();
    }

    /** The host's name and a random suffix, so that several processes of a host, and their successors, differ. */
    public static String ofThisHost() {
        String suffix = String.format(Locale.ROOT, "%04x", new SecureRandom().nextInt(SUFFIXES));
        return hostName().replaceAll("[^a-zA-Z0-9._-]", "-") + "-" + suffix;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "processor";
        }
    }
}
