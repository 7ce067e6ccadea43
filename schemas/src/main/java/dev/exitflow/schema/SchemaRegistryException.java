package dev.exitflow.schema;

/** The schema registry did not answer, refused the request or answered with something else than its protocol. */
public final class SchemaRegistryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SchemaRegistryException(String message) {
        super(message);
    }

    SchemaRegistryException(String message, Throwable cause) {
        super(message, cause);
    }
}
