package dev.exitflow.core.bundle;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.exitflow.core.ExitflowException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A process that runs a bundle's modules with and without oneDNN and compares; oneDNN may end it.
 *
 * <p>It prints the name of each module before it runs it, so that the last line names the one at fault.
 */
final class OneDnnProcess {

    private static final int WRONG = 3;
    private static final long PATIENCE_SECONDS = 120;

    private OneDnnProcess() {}

    /** What such a process finds; a fault begins with the module's name. */
    static OneDnnVerdict verdictOn(ModelBundle bundle) {
        return verdict(command(bundle.directory()), PATIENCE_SECONDS);
    }

    /** @param command prints lines, and ends with 0 if nothing is wrong, 3 if the last line says what is */
    static OneDnnVerdict verdict(List<String> command, long patienceSeconds) {
        try {
            Path folder = Files.createTempDirectory("exitflow-check-");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile()) // where a JVM that crashes leaves its report
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectOutput(folder.resolve("said").toFile())
                    .start();
            boolean ended = process.waitFor(patienceSeconds, TimeUnit.SECONDS);
            process.destroyForcibly().waitFor();
            String last = last(folder.resolve("said"));
            delete(folder);
            if (!ended) {
                return OneDnnVerdict.passing(last + " did not end within " + patienceSeconds + " s");
            }
            int status = process.exitValue();
            if (status == 0) {
                return OneDnnVerdict.RIGHT;
            }
            return OneDnnVerdict.wrong(status == WRONG ? last : last + " ended the process with status " + status);
        } catch (IOException e) {
            return OneDnnVerdict.passing("no process could be started to check it: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExitflowException("interrupted while a process checked the model", e);
        }
    }

    private static List<String> command(Path bundle) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // DJL may be told by properties where its natives are.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-D"))
                .forEach(command::add);
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:-CreateCoredumpOnCrash",
                "-cp",
                absolute(System.getProperty("java.class.path")),
                OneDnnProcess.class.getName(),
                bundle.toAbsolutePath().toString()));
        return command;
    }

    /** The process works in a folder of its own. */
    private static String absolute(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String last(Path said) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(Files.newInputStream(said), StandardCharsets.UTF_8))) {
            return lines.lines().reduce((before, line) -> line).orElse("PyTorch");
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    /** The process's main program; its argument is the bundle's directory. */
    public static void main(String[] arguments) {
        System.exit(run(BundleLoader.load(Path.of(arguments[0])), System.out));
    }

    private static int run(ModelBundle bundle, PrintStream out) {
        try {
            return isRight(bundle, out) ? 0 : WRONG;
        } catch (InvalidBundleException e) {
            return 0; // a module that fails without oneDNN: the self-test will say so
        }
    }

    private static boolean isRight(ModelBundle bundle, PrintStream out) {
        int cores = Runtime.getRuntime().availableProcessors();
        int rows = ProbeInput.rows(bundle.manifest().input());
        // One thread's single image is another library's business.
        return compare(bundle, rows, 1, out) && compare(bundle, rows, cores, out) && compare(bundle, 1, cores, out);
    }

    private static boolean compare(ModelBundle bundle, int rows, int threads, PrintStream out) {
        PyTorchRuntime.useIntraOpThreads(threads);
        try (NDManager manager = PyTorchRuntime.newManager()) {
            NDArray features = ProbeInput.batch(manager, bundle.manifest().input(), rows);
            for (int index = 0; index <= bundle.earlyExits(); index++) {
                NDList next = compare(bundle.stageFile(index), features, out);
                if (next == null
                        || (index < bundle.earlyExits() && compare(bundle.exitFile(index), next.head(), out) == null)) {
                    return false;
                }
                features = next.head();
            }
            return true;
        }
    }

    /** What a module yields without oneDNN; null if it yields something else with it. */
    private static NDList compare(Path module, NDArray features, PrintStream out) {
        out.println(module.getFileName());
        out.flush();
        NativeSwitch.ONEDNN.turn(false);
        NDList expected = BundleSelfTest.run(module, features);
        NativeSwitch.ONEDNN.turn(true);
        NDList actual;
        try {
            actual = BundleSelfTest.run(module, features);
        } catch (InvalidBundleException e) {
            return wrong(module.getFileName() + " fails", out);
        }
        for (int index = 0; index < expected.size(); index++) {
            double difference = difference(
                    expected.get(index).toFloatArray(), actual.get(index).toFloatArray());
            if (difference > BundleSelfTest.TOLERANCE) {
                return wrong(String.format(Locale.ROOT, "%s is %.2g off", module.getFileName(), difference), out);
            }
        }
        return expected;
    }

    private static NDList wrong(String what, PrintStream out) {
        out.println(what);
        out.flush();
        return null;
    }

    /** The norm of the difference over the norm of what is expected; infinite where one alone is not a number. */
    private static double difference(float[] expected, float[] actual) {
        double difference = 0;
        double norm = 0;
        for (int index = 0; index < expected.length; index++) {
            if (Float.isNaN(expected[index]) != Float.isNaN(actual[index])) {
                return Double.POSITIVE_INFINITY;
            }
            if (!Float.isNaN(expected[index])) {
                difference += Math.pow((double) expected[index] - actual[index], 2);
                norm += Math.pow(expected[index], 2);
            }
        }
        return difference == 0 ? 0 : Math.sqrt(difference / norm);
    }
}
