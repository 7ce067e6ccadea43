package dev.exitflow.ops.cli;

import dev.exitflow.ops.download.PublishedDataset;
import dev.exitflow.ops.download.RemoteFile;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code exitflow data}: gets the data sets that others publish. */
@Command(name = "data", description = "Gets the data sets that others publish.")
final class DataCommand {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int BYTES_PER_MIB = 1 << 20;

    /** A data set, as it is typed. */
    enum Name {
        CIFAR10,
        SVHN;

        PublishedDataset dataset() {
            return this == CIFAR10 ? PublishedDataset.CIFAR10 : PublishedDataset.SVHN;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Spec
    CommandSpec command;

    DataCommand() {}

    @Command(
            description = {
                "Downloads a data set, checks it, and prints the folder to give as --data.",
                "What is interrupted goes on where it stopped when it is run again."
            },
            footerHeading = Exitflow.EXAMPLES,
            footer = {
                "  exitflow data download cifar10 --out data",
                "  exitflow data download svhn --out data --mirror http://files.example/svhn/"
            })
    int download(
            @Parameters(paramLabel = "DATASET", description = "${COMPLETION-CANDIDATES}.") Name name,
            @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to put it.") Path out,
            @Option(
                            names = "--mirror",
                            paramLabel = "URL",
                            description = "A folder on another server that has the same files.")
                    URI mirror,
            @Mixin OutputOptions output) {
        PublishedDataset dataset =
                mirror == null ? name.dataset() : name.dataset().from(mirror);
        long mebibytes =
                dataset.downloads().stream().mapToLong(RemoteFile::bytes).sum() / BYTES_PER_MIB;
        try (Progress progress =
                new Progress(name + " MiB", mebibytes, command.commandLine().getErr())) {
            Path images = dataset.fetch(out, PATIENCE, bytes -> progress.accept((int) (bytes / BYTES_PER_MIB)));
            output.printValue("data", images);
        }
        return Exitflow.OK;
    }
}
