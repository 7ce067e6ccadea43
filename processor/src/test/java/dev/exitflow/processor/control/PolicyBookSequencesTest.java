package dev.exitflow.processor.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.exitflow.processor.TinyModel;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The policy book against a model of it that is a plain map. */
class PolicyBookSequencesTest {

    /** What a reader of the design expects of a record, were it about our model. */
    private enum Effect {
        PUT,
        REMOVE,
        NONE
    }

    /** The value is null for a tombstone. */
    @SuppressWarnings("ArrayRecordComponent") // made once, never changed
    private record Change(String key, byte[] value, Effect effect, long version) {

        boolean isOurs() {
            return key.equals("tiny") || key.startsWith("tiny/");
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s %s v%d", effect, key, version);
        }
    }

    @Property(seed = "7", tries = 300)
    void shouldHoldTheLastGoodPolicyOfEachKeyWhateverComes(@ForAll("changes") List<Change> changes) {
        PolicyDesk desk = new PolicyDesk();
        Map<String, Long> expected = new HashMap<>();

        for (Change change : changes) {
            desk.apply(change.key(), change.value());
            if (change.effect() == Effect.PUT) {
                expected.put(change.key(), change.version());
            } else if (change.effect() == Effect.REMOVE) {
                expected.remove(change.key());
            }
        }

        for (String source : List.of("a", "b", "c")) {
            long version = expected.getOrDefault("tiny/" + source, expected.getOrDefault("tiny", 0L));
            assertThat(desk.policies.policyFor(source).version()).isEqualTo(version);
        }
        assertThat(desk.acks())
                .hasSize((int) changes.stream().filter(Change::isOurs).count());
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        Arbitrary<String> keys = Arbitraries.of("tiny", "tiny/a", "tiny/b", "tinier", "other/a");
        Arbitrary<Long> versions = Arbitraries.longs().between(1, 1_000);
        Arbitrary<Double> good = Arbitraries.doubles().between(0, 1);
        Arbitrary<Double> bad = Arbitraries.of(Double.NaN, -0.5, 1.5, Double.NEGATIVE_INFINITY);
        return Arbitraries.oneOf(
                        Combinators.combine(keys, versions, good)
                                .as((key, version, t) -> put(key, version, TinyModel.policy(version, 0, t))),
                        Combinators.combine(keys, versions, good)
                                .as((key, version, t) -> put(key, version, TinyModel.policy(version, t, t, 1 - t))),
                        Combinators.combine(keys, versions, bad)
                                .as((key, version, t) -> bad(key, TinyModel.policy(version, 0, t))),
                        Combinators.combine(keys, versions, bad)
                                .as((key, version, t) -> bad(key, TinyModel.policy(version, t, 0.5))),
                        Combinators.combine(keys, versions, good)
                                .as((key, version, t) -> bad(key, TinyModel.policy(version, 0, t, t, t))),
                        Combinators.combine(
                                        keys,
                                        Arbitraries.bytes().array(byte[].class).ofMaxSize(40))
                                .as(PolicyBookSequencesTest::bad),
                        keys.map(key -> new Change(key, null, Effect.REMOVE, 0)))
                .list()
                .ofMaxSize(40);
    }

    private static Change put(String key, long version, byte[] value) {
        return new Change(key, value, Effect.PUT, version);
    }

    private static Change bad(String key, byte[] value) {
        return new Change(key, value, Effect.NONE, 0);
    }
}
