package dev.exitflow.ops.download;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * A data set that its authors publish, as files to fetch.
 *
 * @param title its name, for a person
 * @param downloads what to fetch
 * @param archive what the one file that is fetched unpacks to; null where the files are used as they are
 */
public record PublishedDataset(String title, List<RemoteFile> downloads, Archive archive) {

    private static final String SVHN_SITE = "http://ufldl.stanford.edu/housenumbers/";

    /** CIFAR-10 in its binary version, 162 MiB. */
    public static final PublishedDataset CIFAR10 = new PublishedDataset(
            "CIFAR-10",
            List.of(new RemoteFile(
                    URI.create("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"),
                    170_052_171,
                    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd")),
            new Archive(
                    "cifar-10-batches-bin",
                    List.of(
                            "data_batch_1.bin",
                            "data_batch_2.bin",
                            "data_batch_3.bin",
                            "data_batch_4.bin",
                            "data_batch_5.bin",
                            "test_batch.bin")));

    /** SVHN's cropped digits (format 2) without the extra images, 235 MiB. */
    public static final PublishedDataset SVHN = new PublishedDataset(
            "SVHN",
            List.of(
                    new RemoteFile(
                            URI.create(SVHN_SITE + "train_32x32.mat"),
                            182_040_794,
                            "435e94d69a87fde4fd4d7f3dd208dfc32cb6ae8af2240d066de1df7508d083b8"),
                    new RemoteFile(
                            URI.create(SVHN_SITE + "test_32x32.mat"),
                            64_275_384,
                            "cdce80dfb2a2c4c6160906d0bd7c68ec5a99d7ca4831afa54f09182025b6a75b")),
            null);

    /**
     * What lies in a {@code .tar.gz}.
     *
     * @param folder the one that the files are in
     * @param files the ones that are wanted
     */
    public record Archive(String folder, List<String> files) {

        /** Copies. */
        public Archive {
            files = List.copyOf(files);
        }
    }

    /** Copies and checks. */
    public PublishedDataset {
        downloads = List.copyOf(downloads);
        if (downloads.isEmpty() || (archive != null && downloads.size() > 1)) {
            throw new ExitflowException(
                    "%s: %d files to fetch, expected at least one, and only one where it is an archive",
                    title, downloads.size());
        }
    }

    /** The same files in one folder of another server. */
    public PublishedDataset from(URI mirror) {
        return new PublishedDataset(
                title, downloads.stream().map(file -> file.in(mirror)).toList(), archive);
    }

    /**
     * Fetches what is missing, on the calling thread.
     *
     * @param into where to; made if it is not there
     * @param patience how long a server may say nothing
     * @param progress hears how many bytes of all files are here
     * @return the folder that has the images
     * @throws ExitflowException if a server cannot be reached or has other files, or the disk is full
     */
    public Path fetch(Path into, Duration patience, LongConsumer progress) {
        Path images = archive == null ? into : into.resolve(archive.folder());
        if (archive != null && Files.exists(images)) {
            return images;
        }
        Download download = new Download(into, patience);
        long before = 0;
        for (RemoteFile file : downloads) {
            long others = before;
            Path fetched = download.fetch(file, arrived -> progress.accept(others + arrived));
            before += file.bytes();
            if (archive != null) {
                unpack(fetched, images);
            }
        }
        return images;
    }

    private void unpack(Path fetched, Path images) {
        try {
            TarGz.unpack(fetched, images, archive.files());
            Files.delete(fetched);
        } catch (IOException e) {
            throw new ExitflowException("cannot unpack " + fetched + ": " + Reason.of(e), e);
        }
    }
}
