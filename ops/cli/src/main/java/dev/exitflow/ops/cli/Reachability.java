package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Whether a broker answers, and what to say if none does.
 *
 * @param patience with brokers that may not be there
 * @param morePatience after that, if something listens at one of the addresses: a broker in a load peak has little time
 */
record Reachability(Duration patience, Duration morePatience) {

    /** For commands that a person waits for. */
    static final Reachability USUAL = new Reachability(Duration.ofSeconds(5), Duration.ofSeconds(15));

    private static final int CONNECT_MILLIS = 1_000;

    /**
     * Returns once a broker has answered.
     *
     * @param bootstrapServers that the client was given
     * @throws ExitflowException if none does in time, or one refuses the client
     */
    void require(Admin admin, String bootstrapServers) {
        if (answers(admin, bootstrapServers, patience)) {
            return;
        }
        boolean listens = Arrays.stream(bootstrapServers.split(",")).anyMatch(Reachability::listens);
        if (listens && answers(admin, bootstrapServers, morePatience)) {
            return;
        }
        throw listens
                ? new ExitflowException(
                        "something listens at %s, but does not answer as a Kafka broker (waited %d s): it is very busy, it is no broker,"
                                + " or it expects TLS or a login, see --command-config",
                        bootstrapServers, patience.plus(morePatience).toSeconds())
                : new ExitflowException(
                        "no Kafka broker answers at %s (waited %d s): start one with `exitflow broker`, or name another with"
                                + " --bootstrap-server",
                        bootstrapServers, patience.toSeconds());
    }

    private static boolean answers(Admin admin, String bootstrapServers, Duration within) {
        try {
            admin.describeCluster(new DescribeClusterOptions().timeoutMs((int) within.toMillis()))
                    .nodes()
                    .get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TimeoutException) {
                return false;
            }
            throw new ExitflowException(
                    "Kafka at " + bootstrapServers + ": " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static boolean listens(String address) {
        int colon = address.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            String host = address.substring(0, colon).strip().replaceAll("[\\[\\]]", "");
            int port = Integer.parseInt(address.substring(colon + 1).strip());
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
