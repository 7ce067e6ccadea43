package dev.exitflow.ops.cli;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.image.EncodedImage;
import dev.exitflow.core.image.ImageDecoder;
import dev.exitflow.core.image.ImageEncoding;
import dev.exitflow.core.image.RejectReason;
import dev.exitflow.core.inference.BatcherConfig;
import dev.exitflow.core.inference.MicroBatcher;
import dev.exitflow.core.inference.Outcome;
import dev.exitflow.core.inference.Rejected;
import dev.exitflow.core.inference.Sample;
import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.core.policy.InvalidPolicyException;
import dev.exitflow.ops.control.PolicyPlanner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code exitflow classify}: answers image files without Kafka. */
@Command(
        name = "classify",
        sortOptions = false,
        description = {
            "Classifies image files without Kafka, PNG or JPEG, and says what each answer cost. With --format json it"
                    + " prints one line for each file: its answer, or why there is none.",
            "",
            "Images are resized as the bundle says; where it says nothing, they must have the model's size.",
            "",
            "Without --t or another option that says when images leave, the bundle's default policy applies."
        },
        footerHeading = Exitflow.EXAMPLES,
        footer = {
            "  exitflow classify --bundle digits house-number.png",
            "  exitflow classify --bundle digits --t 1 --format json a.png b.jpg | jq .label"
        })
final class ClassifyCommand implements Callable<Integer> {

    private static final int MAX_BATCH = 16;
    private static final int MOST_IN_FLIGHT = 16 * MAX_BATCH;

    @Mixin
    BundleOption bundleOption;

    @ArgGroup(exclusive = true, multiplicity = "0..1")
    PolicyOptions.Aim aim;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Image files, PNG or JPEG, whatever they are called.")
    List<Path> files;

    @Mixin
    OutputOptions output;

    @Spec
    CommandSpec command;

    /** A file whose answer may still be to come. */
    private record Asked(Path file, CompletableFuture<Outcome> outcome) {}

    ClassifyCommand() {}

    @Override
    public Integer call() throws ExecutionException, InterruptedException {
        files.forEach(this::requireReadable);
        ModelBundle bundle = BundleLoader.load(bundleOption.directory());
        ExitPolicy policy = policy(bundle);
        int workers = Math.min(Runtime.getRuntime().availableProcessors(), (files.size() + MAX_BATCH - 1) / MAX_BATCH);
        BatcherConfig config = new BatcherConfig(workers, MAX_BATCH, MOST_IN_FLIGHT);
        FileAnswers answers = new FileAnswers(bundle.manifest());
        List<FileAnswers.Answer> table = new ArrayList<>();
        Queue<Asked> asked = new ArrayDeque<>();
        try (MicroBatcher batcher = MicroBatcher.start(bundle, source -> policy, config, Thread::new)) {
            for (Path file : files) {
                asked.add(new Asked(file, ask(batcher, file)));
                if (asked.size() > MOST_IN_FLIGHT) {
                    take(asked, answers, table);
                }
            }
            while (!asked.isEmpty()) {
                take(asked, answers, table);
            }
        }
        if (output.format == OutputOptions.Format.TABLE) {
            output.print(FileAnswers.table(table));
        }
        return Exitflow.OK;
    }

    private void take(Queue<Asked> asked, FileAnswers answers, List<FileAnswers.Answer> table)
            throws ExecutionException, InterruptedException {
        Asked next = asked.remove();
        FileAnswers.Answer answer = answers.of(next.file(), next.outcome().get());
        if (output.format == OutputOptions.Format.JSON) {
            output.printJson(answer);
        } else {
            table.add(answer);
        }
    }

    private static CompletableFuture<Outcome> ask(MicroBatcher batcher, Path file) throws InterruptedException {
        byte[] content = content(file);
        Optional<ImageEncoding> encoding = ImageEncoding.of(content);
        if (encoding.isEmpty()) {
            return CompletableFuture.completedFuture(
                    new Rejected(RejectReason.UNDECODABLE_IMAGE, "neither a PNG nor a JPEG file"));
        }
        EncodedImage image = new EncodedImage(encoding.get(), 0, 0, content);
        return batcher.submit(new Sample(file.toString(), "classify", image));
    }

    /** Reads a file up to where it is certainly too large. */
    private static byte[] content(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(ImageDecoder.MAX_ENCODED_BYTES + 1);
        } catch (IOException e) {
            throw new ExitflowException("cannot read " + file, e);
        }
    }

    private ExitPolicy policy(ModelBundle bundle) {
        if (aim == null) {
            return bundle.defaultPolicy();
        }
        try {
            return new ExitPolicy(
                    0,
                    new PolicyPlanner(bundle.manifest())
                            .plan(aim.policyAim(OptionalInt.of(bundle.earlyExits())))
                            .thresholds(),
                    0);
        } catch (IllegalArgumentException | InvalidPolicyException e) {
            throw new ParameterException(command.commandLine(), e.getMessage(), e);
        }
    }

    private void requireReadable(Path file) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            String problem =
                    !Files.exists(file) ? "no such file" : Files.isDirectory(file) ? "a directory" : "not readable";
            throw new ParameterException(
                    command.commandLine(), file + ": " + problem + ", expected a PNG or JPEG file");
        }
    }
}
