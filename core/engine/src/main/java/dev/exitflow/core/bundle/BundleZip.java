package dev.exitflow.core.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Unpacks a zipped bundle, flat, within bounds. */
final class BundleZip {

    private static final int MAX_ENTRIES = 200;
    private static final long MAX_BYTES = 2L << 30;

    private BundleZip() {}

    /** Unpacks into a new temporary directory, which is deleted when the process ends. */
    static Path unpack(Path zip) {
        try (ZipFile file = new ZipFile(zip.toFile())) {
            if (file.size() > MAX_ENTRIES) {
                throw new InvalidBundleException("%s: %d entries, expected at most %d", zip, file.size(), MAX_ENTRIES);
            }
            Path directory = Files.createTempDirectory("exitflow-bundle-");
            directory.toFile().deleteOnExit();
            long left = MAX_BYTES;
            Enumeration<? extends ZipEntry> entries = file.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                if (!entry.isDirectory()) {
                    left -= extract(zip, file, entry, directory, left);
                }
            }
            return directory;
        } catch (ZipException e) {
            throw new InvalidBundleException(zip + ": not a zip file, or a damaged one", e);
        } catch (IOException e) {
            throw new InvalidBundleException(zip + ": cannot be unpacked", e);
        }
    }

    private static long extract(Path zip, ZipFile file, ZipEntry entry, Path directory, long left) throws IOException {
        Path target = directory.resolve(entry.getName()).normalize();
        if (!directory.equals(target.getParent())) {
            throw new InvalidBundleException(
                    "%s: entry '%s' lies in a folder or outside the bundle, expected plain files only",
                    zip, entry.getName());
        }
        try (InputStream in = file.getInputStream(entry)) {
            long copied = 0;
            try (var out = Files.newOutputStream(target)) {
                byte[] buffer = new byte[1 << 16];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    copied += read;
                    if (copied > left) {
                        throw new InvalidBundleException(
                                "%s: unpacks to more than %d bytes, which no bundle should", zip, MAX_BYTES);
                    }
                    out.write(buffer, 0, read);
                }
            }
            target.toFile().deleteOnExit();
            return copied;
        }
    }
}
