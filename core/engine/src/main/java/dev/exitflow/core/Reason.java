package dev.exitflow.core;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/** Says in words why the file system or the network refused, where Java's own message is the name of a class or of the file alone. */
public final class Reason {

    private Reason() {}

    /**
     * The reason of a failure, as the end of a message that has named the file or the address: "no such file or directory".
     *
     * @param failure of any kind; one that is not known here gives its own message, or words made of its kind
     */
    public static String of(Throwable failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "it exists already";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof NotDirectoryException) {
            return "not a directory";
        }
        if (failure instanceof DirectoryNotEmptyException) {
            return "the directory is not empty";
        }
        if (failure instanceof CharacterCodingException) {
            return "not text in UTF-8";
        }
        if (failure instanceof EOFException) {
            return "it ends too early";
        }
        if (failure instanceof UnknownHostException) {
            return "unknown host " + failure.getMessage();
        }
        if (failure instanceof ConnectException) {
            return "connection refused";
        }
        if (failure instanceof FileSystemException refused && refused.getReason() != null) {
            return lowerCased(refused.getReason());
        }
        if (failure instanceof FileNotFoundException && failure.getMessage() != null) {
            // As in "a.txt (No such file or directory)".
            return lowerCased(failure.getMessage().replaceFirst("^.* \\((.*)\\)$", "$1"));
        }
        String message = failure.getMessage();
        return message == null || message.isBlank() ? inWords(failure) : lowerCased(message);
    }

    /** {@code ClosedChannelException} becomes {@code closed channel}. */
    private static String inWords(Throwable failure) {
        return failure.getClass()
                .getSimpleName()
                .replaceAll("(Exception|Error)$", "")
                .replaceAll("([a-z])([A-Z])", "$1 $2")
                .toLowerCase(Locale.ROOT);
    }

    /** As the end of a sentence; an abbreviation such as TLS stays. */
    private static String lowerCased(String text) {
        boolean isWord = text.length() > 1 && Character.isLowerCase(text.charAt(1));
        return isWord ? text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1) : text;
    }
}
