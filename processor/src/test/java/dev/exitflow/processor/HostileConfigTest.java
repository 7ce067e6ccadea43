package dev.exitflow.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is configured, it is taken as it stands or refused by name; nothing else comes of it. */
class HostileConfigTest {

    @Property(tries = 1000, seed = "1")
    void shouldTakeOrRefuseByNameWhenAValueIsAnything(@ForAll("keys") String key, @ForAll("values") String value) {
        ConfigSources sources = new ConfigSources().value("bundle", "model").values(Map.of(key, value));

        assertThatCode(() -> assertThat(ProcessorConfig.of(sources)).isNotNull())
                .satisfiesAnyOf(failure -> assertThat(failure).isNull(), failure -> assertThat(failure)
                        .isInstanceOf(InvalidConfigException.class)
                        .hasMessageContaining(key));
    }

    @Property(tries = 500, seed = "2")
    void shouldNameTheKeyWhenItIsUnknown(@ForAll("unknownKeys") String key) {
        ConfigSources sources = new ConfigSources().value("bundle", "model").values(Map.of(key, "1"));

        assertThatCode(() -> ProcessorConfig.of(sources))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining(key);
    }

    @Provide
    Arbitrary<String> keys() {
        return Arbitraries.of(List.copyOf(ConfigKeys.all().keySet()));
    }

    @Provide
    Arbitrary<String> unknownKeys() {
        return Arbitraries.strings()
                .withCharRange('a', 'z')
                .ofMinLength(1)
                .ofMaxLength(12)
                .map(name -> name + ".nonsense");
    }

    @Provide
    Arbitrary<String> values() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ofMaxLength(40),
                Arbitraries.longs().map(String::valueOf),
                Arbitraries.doubles().map(String::valueOf),
                Arbitraries.of(
                        "", " ", "\u0000", "-1", "0", "NaN", "1e9", "../..", "/", "true", "null", "${x}", "\n", "a,b"));
    }
}
