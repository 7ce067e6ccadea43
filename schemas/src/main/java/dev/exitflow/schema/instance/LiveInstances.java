package dev.exitflow.schema.instance;

import dev.exitflow.schema.topic.TopicException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The processor instances that are in their consumer group now. One that was killed stays in it until its session times out.
 *
 * <p>As safe for threads as its {@link Admin}, which stays the caller's to close.
 */
public final class LiveInstances {

    /** The consumer group of processors unless told otherwise. */
    public static final String DEFAULT_GROUP = "exitflow-processor";

    private final Admin admin;
    private final String group;

    /** @param group the processors' {@code application.id} */
    public LiveInstances(Admin admin, String group) {
        this.admin = admin;
        this.group = group;
    }

    /**
     * Their names, sorted; empty where the group has no member or does not exist.
     *
     * @throws TopicException when the brokers do not say
     */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        try {
            for (MemberDescription member : admin.describeConsumerGroups(Set.of(group))
                    .describedGroups()
                    .get(group)
                    .get()
                    .members()) {
                InstanceName.ofClientId(member.clientId()).ifPresent(names::add);
            }
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                throw new TopicException(
                        "cannot ask who is in consumer group " + group + ": "
                                + e.getCause().getMessage(),
                        e.getCause());
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
        return names;
    }
}
