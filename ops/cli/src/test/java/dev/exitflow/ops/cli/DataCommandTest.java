package dev.exitflow.ops.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {

    @TempDir
    Path folder;

    @Test
    void shouldSayInOneLineThatThereIsNoNetwork() throws IOException {
        int closedPort;
        try (ServerSocket socket = new ServerSocket(0)) {
            closedPort = socket.getLocalPort();
        }
        String mirror = "http://127.0.0.1:" + closedPort + "/";

        CommandRun run = CommandRun.of("data", "download", "svhn", "--out", folder.toString(), "--mirror", mirror);

        assertThat(run.status()).isEqualTo(Exitflow.FAILED);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .contains("cannot reach " + mirror + "train_32x32.mat", "check the network");
    }

    @Test
    void shouldNameTheDataSetsWhenAskedForAnother() {
        CommandRun run = CommandRun.of("data", "download", "imagenet", "--out", folder.toString());

        assertThat(run.status()).isEqualTo(Exitflow.WRONG_USAGE);
        assertThat(run.err()).contains("DATASET imagenet: expected cifar10 or svhn");
    }
}
