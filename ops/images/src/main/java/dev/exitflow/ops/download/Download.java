package dev.exitflow.ops.download;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.Reason;
import dev.exitflow.core.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * Fetches files over HTTP into a folder. What has arrived of one lies in a {@code .part} file: a transfer that breaks goes on from
 * there, at once or in a later run. A file gets its name when its SHA-256 is right.
 *
 * <p>Works on the calling thread. Proxies are the JVM's ({@code -Dhttps.proxyHost}).
 */
public final class Download {

    private static final int BUFFER_BYTES = 1 << 16;

    private final Path folder;
    private final Duration patience;

    /**
     * Fetches into a folder, which is made when the first file comes.
     *
     * @param patience how long a server may say nothing
     */
    public Download(Path folder, Duration patience) {
        this.folder = folder;
        this.patience = patience;
    }

    /**
     * Fetches a file, or what is missing of it; does nothing if it is there already.
     *
     * @param arrived hears how many bytes of it are here
     * @return where it is
     * @throws ExitflowException if the server cannot be reached or has another file, or the file cannot be kept
     */
    public Path fetch(RemoteFile file, LongConsumer arrived) {
        Path target = folder.resolve(file.name());
        if (Files.exists(target)) {
            requireDigest(file, target, "is there already; move it away to fetch it anew");
            return target;
        }
        Path part = folder.resolve(file.name() + ".part");
        try {
            Files.createDirectories(folder);
            fill(part, file, arrived);
            try {
                requireDigest(file, part, "is deleted; the server has another file, or what arrived was damaged");
            } catch (ExitflowException e) {
                Files.delete(part);
                throw e;
            }
            return Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ExitflowException("cannot keep " + file.uri() + " in " + folder + ": " + Reason.of(e), e);
        }
    }

    /** Tries as often as the part grows by it. */
    private void fill(Path part, RemoteFile file, LongConsumer arrived) throws IOException {
        long here = size(part);
        while (here < file.bytes()) {
            long before = here;
            transfer(part, before, file, arrived);
            here = size(part);
            if (here <= before) {
                throw new ExitflowException(
                        "%s: the server breaks off after %d of %d bytes; run the command again to go on from there",
                        file.uri(), here, file.bytes());
            }
        }
    }

    private void transfer(Path part, long from, RemoteFile file, LongConsumer arrived) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) file.uri().toURL().openConnection();
        try {
            boolean goesOn = request(connection, from, file) == HttpURLConnection.HTTP_PARTIAL;
            long start = goesOn ? from : 0;
            long announced = connection.getContentLengthLong();
            if (announced >= 0 && start + announced != file.bytes()) {
                throw new ExitflowException(
                        "%s has %d bytes, expected %d: it is another file",
                        file.uri(), start + announced, file.bytes());
            }
            OpenOption how = goesOn ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
            try (InputStream in = connection.getInputStream();
                    OutputStream out =
                            Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how)) {
                copy(in, out, start, file.bytes(), arrived);
            }
        } finally {
            connection.disconnect();
        }
    }

    /** Sends the request and returns the status, which is one of success. */
    private int request(HttpURLConnection connection, long from, RemoteFile file) {
        connection.setConnectTimeout((int) patience.toMillis());
        connection.setReadTimeout((int) patience.toMillis());
        if (from > 0) {
            connection.setRequestProperty("Range", "bytes=" + from + "-");
        }
        int status;
        try {
            status = connection.getResponseCode();
        } catch (IOException e) {
            throw new ExitflowException(
                    "cannot reach " + file.uri() + " (" + Reason.of(e)
                            + "); check the network, or name another server that has the file."
                            + " Run the command again to go on from " + from + " bytes",
                    e);
        }
        if (status != HttpURLConnection.HTTP_OK && status != HttpURLConnection.HTTP_PARTIAL) {
            throw new ExitflowException(
                    "%s: the server answers HTTP %d, expected 200 or 206; name another server that has the file",
                    file.uri(), status);
        }
        return status;
    }

    private static void copy(InputStream in, OutputStream out, long start, long end, LongConsumer arrived)
            throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long here = start;
        for (int read = next(in, buffer); read >= 0 && here < end; read = next(in, buffer)) {
            out.write(buffer, 0, read);
            here += read;
            arrived.accept(here);
        }
    }

    /** A transfer that breaks ends like a whole one; the size tells them apart. */
    private static int next(InputStream in, byte[] buffer) {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            return -1;
        }
    }

    private static void requireDigest(RemoteFile file, Path path, String consequence) {
        String digest = Sha256.of(path);
        if (!digest.equals(file.sha256())) {
            throw new ExitflowException(
                    "%s: SHA-256 %s, expected %s of %s; it %s", path, digest, file.sha256(), file.uri(), consequence);
        }
    }

    private static long size(Path file) throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }
}
