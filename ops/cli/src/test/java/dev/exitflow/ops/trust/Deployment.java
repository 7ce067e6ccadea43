package dev.exitflow.ops.trust;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A broker process with the topics of one installation, and the exactly-once processors that run on them.
 *
 * @param broker with its data on any disk
 * @param installation on it
 * @param fleet of none at first
 */
record Deployment(CampaignBroker broker, Installation installation, Fleet fleet) implements AutoCloseable {

    /**
     * Starts the broker and creates the topics.
     *
     * @param folder of the test
     * @param prefix of the topics' names
     */
    static Deployment start(Path folder, String prefix) throws IOException {
        CampaignBroker broker = CampaignBroker.onAnyDisk(folder.resolve("broker"));
        try {
            Installation installation = new Installation(broker.address(), prefix);
            Fleet fleet = new Fleet(installation, folder.resolve("fleet"), RoundPlan.EXACTLY_ONCE);
            return new Deployment(broker, installation, fleet);
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    @Override
    public void close() {
        fleet.close();
        installation.close();
        broker.close();
    }
}
