package dev.exitflow.ops.digits;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Every construction of every digit that the repository knows, read from {@code digit-skeletons.txt}. Immutable. */
final class DigitOutlines {

    static final int DIGITS = 10;

    private static final String RESOURCE = "digit-skeletons.txt";

    /** Constructions that look like one hand drew them. */
    enum Style {
        ROUND,
        HAND,
        ANGULAR,
        SEGMENT
    }

    private final Map<Style, List<List<Skeleton>>> constructions;

    private DigitOutlines(Map<Style, List<List<Skeleton>>> constructions) {
        this.constructions = constructions;
    }

    static DigitOutlines load() {
        try (InputStream stream = DigitOutlines.class.getResourceAsStream(RESOURCE)) {
            if (stream == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the jar");
            }
            return parse(new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE, e);
        }
    }

    private static DigitOutlines parse(BufferedReader lines) throws IOException {
        Map<Style, List<List<Skeleton>>> constructions = new EnumMap<>(Style.class);
        for (Style style : Style.values()) {
            List<List<Skeleton>> byDigit = new ArrayList<>();
            for (int digit = 0; digit < DIGITS; digit++) {
                byDigit.add(new ArrayList<>());
            }
            constructions.put(style, byDigit);
        }
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] fields = line.split("\\s+", 3);
                Style style = Style.valueOf(fields[1].toUpperCase(Locale.ROOT));
                constructions.get(style).get(Integer.parseInt(fields[0])).add(Skeleton.parse(fields[2]));
            }
        }
        return new DigitOutlines(constructions);
    }

    /** The ways to construct {@code digit} in a style; at least one. */
    List<Skeleton> constructions(Style style, int digit) {
        return constructions.get(style).get(digit);
    }
}
