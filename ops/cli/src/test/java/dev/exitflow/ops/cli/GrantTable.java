package dev.exitflow.ops.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** The README's table of who needs to be granted what, so that a test can grant that and no more. */
final class GrantTable {

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(\\w+)` \\| ([A-Za-z, ]+) \\| (topic|group|transactional id) `([^`]+)` \\|");

    private final List<MatchResult> rows;

    private GrantTable(List<MatchResult> rows) {
        this.rows = rows;
    }

    static GrantTable ofReadme() throws IOException {
        return new GrantTable(
                ROW.matcher(Files.readString(Path.of("../README.md"))).results().toList());
    }

    List<String> principals() {
        return rows.stream().map(row -> row.group(1)).distinct().toList();
    }

    List<AclBinding> bindings() {
        return rows.stream().flatMap(GrantTable::bindings).toList();
    }

    private static Stream<AclBinding> bindings(MatchResult row) {
        ResourceType type =
                ResourceType.fromString(row.group(3).replace(' ', '_').toUpperCase(Locale.ROOT));
        boolean prefixed = row.group(4).endsWith("*");
        ResourcePattern resource = new ResourcePattern(
                type, row.group(4).replace("*", ""), prefixed ? PatternType.PREFIXED : PatternType.LITERAL);
        return Arrays.stream(row.group(2).split(", "))
                .map(operation -> new AclBinding(
                        resource,
                        new AccessControlEntry(
                                "User:" + row.group(1), "*", operation(operation), AclPermissionType.ALLOW)));
    }

    private static AclOperation operation(String name) {
        return Arrays.stream(AclOperation.values())
                .filter(operation -> operation.name().replace("_", "").equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("README: no operation of Kafka's is called " + name));
    }
}
