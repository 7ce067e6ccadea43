package dev.exitflow.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;

/**
 * The schemas that values of one record type may have been written with: the current one and every released version.
 *
 * @param current what this build writes, and what everything is read into
 * @param released version 1 first; the last is equal to the current one but for docs and hints for Java
 */
record SchemaHistory(Schema current, List<Schema> released) {

    SchemaHistory {
        if (released.isEmpty()) {
            throw new IllegalArgumentException("%s has no released schema: add released/%s-v1.avsc"
                    .formatted(current.getFullName(), current.getName()));
        }
        released = List.copyOf(released);
    }

    /** Reads the snapshots {@code released/NAME-v1.avsc}, {@code -v2.avsc} and so on that lie beside this class. */
    static SchemaHistory of(Schema current) {
        List<Schema> released = new ArrayList<>();
        for (int version = 1; ; version++) {
            String resource = String.format(Locale.ROOT, "released/%s-v%d.avsc", current.getName(), version);
            try (InputStream snapshot = SchemaHistory.class.getResourceAsStream(resource)) {
                if (snapshot == null) {
                    return new SchemaHistory(current, released);
                }
                released.add(new Schema.Parser().parse(snapshot));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + resource + " from the class path", e);
            }
        }
    }

    /** The current schema as it is published: without what the code generator adds for Java. */
    Schema newest() {
        return released.get(released.size() - 1);
    }

    /** Every schema of this history; the current one may come twice. */
    List<Schema> all() {
        List<Schema> all = new ArrayList<>(released);
        all.add(current);
        return all;
    }
}
