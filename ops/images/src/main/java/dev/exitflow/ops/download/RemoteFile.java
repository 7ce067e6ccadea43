package dev.exitflow.ops.download;

import java.net.URI;
import java.nio.file.Path;

/**
 * A file on a web server whose content is known.
 *
 * @param uri {@code http} or {@code https}
 * @param bytes its size
 * @param sha256 of its content, in lower-case hexadecimal
 */
public record RemoteFile(URI uri, long bytes, String sha256) {

    /** The last part of its path. */
    public String name() {
        return Path.of(uri.getPath()).getFileName().toString();
    }

    /** The same file in a folder of another server. */
    public RemoteFile in(URI folder) {
        String base = folder.toString();
        return new RemoteFile(URI.create(base + (base.endsWith("/") ? "" : "/") + name()), bytes, sha256);
    }
}
