package dev.exitflow.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;
import org.apache.avro.SchemaNormalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Any reader must be able to read any writer, whichever released versions they have. */
class SchemaEvolutionTest {

    static Stream<Schema> schemas() {
        return Stream.of(
                ImageRecord.getClassSchema(),
                ThresholdPolicy.getClassSchema(),
                Prediction.getClassSchema(),
                PolicyAck.getClassSchema(),
                ExitStats.getClassSchema());
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void shouldReadEachOtherWhenVersionsDiffer(Schema current) {
        List<Schema> all = SchemaHistory.of(current).all();

        List<String> problems = new ArrayList<>();
        for (Schema reader : all) {
            for (Schema writer : all) {
                problems.addAll(problems(reader, writer));
            }
        }

        assertThat(problems).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void shouldBeTheNewestReleasedVersionWhenASchemaIsBuilt(Schema current) {
        Schema newest = SchemaHistory.of(current).newest();

        assertThat(SchemaNormalization.toParsingForm(newest))
                .as(
                        "%s changed: copy the .avsc to released/%s-v(next).avsc, so that what is written with it can be read for ever",
                        current.getFullName(), current.getName())
                .isEqualTo(SchemaNormalization.toParsingForm(current));
        assertThat(defaults(newest)).isEqualTo(defaults(current));
    }

    /** The fingerprints of version 1, as other producers have them in their code. */
    @Test
    void shouldNeverChangeWhenAVersionIsReleased() {
        Map<String, String> fingerprints = Map.of(
                "ImageRecord", "c8bffc3b4e5d8b29",
                "ThresholdPolicy", "d840af64be69a4a3",
                "Prediction", "f46478b3fdffbbca",
                "PolicyAck", "96993bbc1b2586d5",
                "ExitStats", "0fc9b739a49458d6");

        schemas().forEach(current -> {
            Schema first = SchemaHistory.of(current).released().get(0);
            assertThat(String.format(Locale.ROOT, "%016x", SchemaNormalization.parsingFingerprint64(first)))
                    .as(current.getName())
                    .isEqualTo(fingerprints.get(current.getName()));
        });
    }

    @Test
    void shouldCoverEverySchemaWhenOneIsAdded() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/avro/dev/exitflow/schema"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            schemas().map(schema -> schema.getName() + ".avsc").toList());
        }
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void shouldBeDocumentedWhenItIsARecordAFieldOrAnEnum(Schema schema) {
        assertThat(undocumented(schema)).isEmpty();
    }

    @Test
    void shouldFailTheCheckWhenAFieldWithoutADefaultIsAdded() {
        Schema released = SchemaBuilder.record("R").fields().requiredLong("a").endRecord();
        Schema broken = SchemaBuilder.record("R")
                .fields()
                .requiredLong("a")
                .requiredLong("b")
                .endRecord();

        assertThat(problems(broken, released)).singleElement().asString().contains("b");
    }

    @Test
    void shouldFailTheCheckWhenAFieldWithoutADefaultIsRemoved() {
        Schema released = SchemaBuilder.record("R")
                .fields()
                .requiredLong("a")
                .requiredLong("b")
                .endRecord();
        Schema broken = SchemaBuilder.record("R").fields().requiredLong("a").endRecord();

        assertThat(problems(released, broken)).singleElement().asString().contains("b");
    }

    @Test
    void shouldFailTheCheckWhenATypeChangesOrAnEnumWithoutADefaultGrows() {
        Schema released = SchemaBuilder.record("R").fields().requiredLong("a").endRecord();
        Schema broken = SchemaBuilder.record("R").fields().requiredString("a").endRecord();
        Schema small = SchemaBuilder.enumeration("E").symbols("X");
        Schema grown = SchemaBuilder.enumeration("E").symbols("X", "Y");

        assertThat(problems(broken, released)).isNotEmpty();
        assertThat(problems(small, grown)).isNotEmpty();
    }

    private static List<String> problems(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getResult()
                .getIncompatibilities()
                .stream()
                .map(Incompatibility::toString)
                .toList();
    }

    private static List<String> undocumented(Schema schema) {
        List<String> undocumented = new ArrayList<>();
        if (schema.getDoc() == null || schema.getDoc().isBlank()) {
            undocumented.add(schema.getFullName());
        }
        if (schema.getType() == Schema.Type.RECORD) {
            for (Schema.Field field : schema.getFields()) {
                if (field.doc() == null || field.doc().isBlank()) {
                    undocumented.add(schema.getFullName() + "." + field.name());
                }
                if (field.schema().getType() == Schema.Type.ENUM) {
                    undocumented.addAll(undocumented(field.schema()));
                }
            }
        }
        return undocumented;
    }

    private static List<String> defaults(Schema schema) {
        return schema.getFields().stream()
                .map(field -> field.name() + "=" + (field.hasDefaultValue() ? field.defaultVal() : "none"))
                .toList();
    }
}
