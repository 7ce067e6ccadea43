package dev.exitflow.ops.download;

import dev.exitflow.core.ExitflowException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** A compressed archive of one folder. */
final class TarGz {

    private TarGz() {}

    /**
     * Unpacks the wanted files, and no others, so that their folder appears when all of them are in it.
     *
     * @param folder the one in the archive, and the one that is made
     * @param names of the wanted files in it
     * @throws ExitflowException if the archive lacks one of them
     */
    static void unpack(Path archive, Path folder, List<String> names) throws IOException {
        Path unfinished = folder.resolveSibling(folder.getFileName() + ".part");
        Files.createDirectories(unfinished);
        Set<String> missing = new HashSet<>(names);
        try (TarArchiveInputStream tar = new TarArchiveInputStream(
                new GZIPInputStream(new BufferedInputStream(Files.newInputStream(archive))))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = entry.getName().startsWith(folder.getFileName() + "/")
                        ? entry.getName()
                                .substring(folder.getFileName().toString().length() + 1)
                        : "";
                if (entry.isFile() && missing.remove(name)) {
                    Files.copy(tar, unfinished.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        if (!missing.isEmpty()) {
            throw new ExitflowException(
                    "%s: has no %s in %s", archive, String.join(", ", missing), folder.getFileName());
        }
        Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
    }
}
