package dev.exitflow.ops.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Who sits at this terminal, for the history of policies. */
final class Operator {

    private Operator() {}

    /** As {@code user@host}. */
    static String name() {
        String user = System.getProperty("user.name", "somebody");
        try {
            return user + "@" + InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return user;
        }
    }
}
