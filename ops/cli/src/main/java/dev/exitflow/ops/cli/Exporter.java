package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs {@code exitflow_export.py}, the one part of Exitflow that needs Python with torch.
 *
 * <p>The interpreter is what EXITFLOW_PYTHON names, or the first of python3 and /usr/bin/python3 that can import torch.
 */
final class Exporter {

    private static final String SCRIPT = "/exitflow_export.py";
    private static final List<String> CANDIDATES = List.of("python3", "/usr/bin/python3", "python");

    private Exporter() {}

    /**
     * Runs the script; what it says goes to this process's stdout and stderr.
     *
     * @param verb what to do; in most cases also the name of the subcommand of {@code exitflow bundle} that asks for it
     * @param arguments the verb's options
     * @return the script's exit code, which means what ours do
     */
    static int run(String verb, List<String> arguments) {
        List<String> command =
                new ArrayList<>(List.of(interpreter(), unpackedScript().toString(), verb));
        command.addAll(arguments);
        ProcessBuilder process = new ProcessBuilder(command).inheritIO();
        process.environment().put("EXITFLOW_PROGRAM", "exitflow bundle " + verb);
        Path shipped = ShippedBundles.directory();
        if (shipped != null) {
            process.environment().put("EXITFLOW_BUNDLES", shipped.toString());
        }
        try {
            return process.start().waitFor();
        } catch (IOException e) {
            throw new ExitflowException("cannot run " + command.get(0), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExitflowException("interrupted while the exporter ran", e);
        }
    }

    /**
     * The first interpreter that can import torch, or the one that was chosen.
     *
     * @throws ExitflowException if there is none
     */
    static String interpreter() {
        String chosen = System.getenv("EXITFLOW_PYTHON");
        if (chosen != null) {
            return chosen;
        }
        for (String candidate : CANDIDATES) {
            if (importsTorch(candidate)) {
                return candidate;
            }
        }
        throw new ExitflowException(
                "none of %s can import torch, which exporting needs; install it ('apt-get install python3-torch' or 'pip install"
                        + " torch'), or name an interpreter that has it in EXITFLOW_PYTHON",
                CANDIDATES);
    }

    private static boolean importsTorch(String interpreter) {
        try {
            return new ProcessBuilder(interpreter, "-c", "import torch")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false; // no such interpreter
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Path unpackedScript() {
        try (InputStream in = Exporter.class.getResourceAsStream(SCRIPT)) {
            if (in == null) {
                throw new ExitflowException("%s is missing from the build; run './mvnw clean package'", SCRIPT);
            }
            Path script = Files.createTempFile("exitflow_export", ".py");
            script.toFile().deleteOnExit();
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
            return script;
        } catch (IOException e) {
            throw new ExitflowException("cannot unpack the exporter into the temporary folder", e);
        }
    }
}
