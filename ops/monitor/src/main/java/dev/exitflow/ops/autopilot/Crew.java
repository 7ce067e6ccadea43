package dev.exitflow.ops.autopilot;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.schema.topic.Topics;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The autopilots of a model that run now.
 *
 * @param steering the one that was elected, as host and process; empty where none is, for the moment or at all
 * @param standingBy the others, sorted
 */
public record Crew(Optional<String> steering, List<String> standingBy) {

    public Crew {
        standingBy = standingBy.stream().sorted().toList();
    }

    /**
     * Who is there now.
     *
     * @throws ExitflowException when the brokers do not say
     */
    public static Crew of(Admin admin, Topics topics, String model) {
        String group = Election.name(topics, model);
        try {
            Collection<MemberDescription> members = admin.describeConsumerGroups(Set.of(group))
                    .describedGroups()
                    .get(group)
                    .get()
                    .members();
            return new Crew(
                    members.stream()
                            .filter(Crew::steers)
                            .map(MemberDescription::clientId)
                            .findFirst(),
                    members.stream()
                            .filter(member -> !steers(member))
                            .map(MemberDescription::clientId)
                            .toList());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return new Crew(Optional.empty(), List.of());
            }
            throw new ExitflowException(
                    "cannot ask who is in consumer group " + group + ": "
                            + e.getCause().getMessage(),
                    e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static boolean steers(MemberDescription member) {
        return member.assignment().topicPartitions().stream().anyMatch(partition -> partition.partition() == 0);
    }

    /** How many run. */
    public int size() {
        return standingBy.size() + (steering.isPresent() ? 1 : 0);
    }
}
