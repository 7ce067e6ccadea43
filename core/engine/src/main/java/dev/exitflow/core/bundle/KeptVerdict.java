package dev.exitflow.core.bundle;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A verdict on a bundle that holds until the bundle, the processor or libtorch is another, so that later starts need not find out again.
 *
 * @param file its name has a digest of all that the verdict rests on
 */
record KeptVerdict(Path file) {

    private static final Logger LOG = LoggerFactory.getLogger(KeptVerdict.class);

    /** Says which libtorch is on the class path. */
    private static final String LIBTORCH = "/native/lib/pytorch.properties";

    /**
     * Where a verdict on a bundle is, or will be.
     *
     * @param folder where verdicts are kept
     * @param question that it answers, a word
     */
    static KeptVerdict of(Path folder, String question, ModelBundle bundle) {
        String facts = String.join(
                "\n",
                bundle.digest(),
                libtorch(),
                String.valueOf(System.getenv(OneDnn.MAX_ISA)),
                ProcessorCaches.OF_THIS_MACHINE.processor());
        return new KeptVerdict(folder.resolve(question + "-" + Sha256.of(facts.getBytes(StandardCharsets.UTF_8))));
    }

    /** The verdict; empty if there is none yet. */
    Optional<String> read() {
        try {
            return Files.isRegularFile(file)
                    ? Optional.of(Files.readString(file).strip())
                    : Optional.empty();
        } catch (IOException e) {
            LOG.debug("{} cannot be read, so the model is checked again", file, e);
            return Optional.empty();
        }
    }

    /** Keeps it, where that is possible. */
    void write(String verdict) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, verdict + "\n");
        } catch (IOException e) {
            LOG.debug("{} cannot be written, the next start checks the model again", file, e);
        }
    }

    private static String libtorch() {
        try (InputStream in = KeptVerdict.class.getResourceAsStream(LIBTORCH)) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ExitflowException(LIBTORCH + " cannot be read from the class path", e);
        }
    }
}
