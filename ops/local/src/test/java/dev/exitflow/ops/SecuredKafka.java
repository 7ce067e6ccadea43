package dev.exitflow.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.utility.MountableFile;

/** Kafka in a container that clients reach over TLS with a name and a password, and that grants nothing it was not told to. */
public final class SecuredKafka implements AutoCloseable {

    /** May do everything. */
    public static final String ADMIN = "admin";

    private static final String LOGIN_MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule required ";
    private static final String KEY_STORE_PASSWORD = "only-for-this-test";
    private static final String KEY_STORE = "/tmp/broker.p12";

    private final Path folder;
    private final Path certificate;
    private final KafkaContainer kafka;

    /**
     * Starts it.
     *
     * @param folder for the certificate and the clients' property files
     * @param principals who may log in, {@link #ADMIN} besides
     */
    public SecuredKafka(Path folder, List<String> principals) throws IOException, InterruptedException {
        this.folder = folder;
        this.certificate = folder.resolve("broker.pem");
        Path keyStore = folder.resolve("broker.p12");
        String store = " -storetype PKCS12 -storepass " + KEY_STORE_PASSWORD + " -alias broker -keystore " + keyStore;
        keytool("-genkeypair -keyalg EC -validity 2 -dname CN=broker -ext san=ip:127.0.0.1,dns:localhost" + store);
        keytool("-exportcert -rfc -file " + certificate + store);

        // Testcontainers knows the clients' listener as PLAINTEXT; a listener's name says nothing of its protocol.
        this.kafka = new KafkaContainer(System.getProperty("exitflow.test.kafka.image"))
                .withEnv(
                        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
                        "PLAINTEXT:SASL_SSL,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT")
                .withEnv("KAFKA_SASL_ENABLED_MECHANISMS", "PLAIN")
                .withEnv("KAFKA_LISTENER_NAME_PLAINTEXT_PLAIN_SASL_JAAS_CONFIG", logins(principals))
                .withEnv("KAFKA_SSL_KEYSTORE_TYPE", "PKCS12")
                .withEnv("KAFKA_SSL_KEYSTORE_LOCATION", KEY_STORE)
                .withEnv("KAFKA_SSL_KEYSTORE_PASSWORD", KEY_STORE_PASSWORD)
                .withEnv("KAFKA_AUTHORIZER_CLASS_NAME", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                // ANONYMOUS is the broker itself, on listeners that are not published.
                .withEnv("KAFKA_SUPER_USERS", "User:" + ADMIN + ";User:ANONYMOUS")
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withCopyFileToContainer(MountableFile.forHostPath(keyStore, 0644), KEY_STORE);
        kafka.start();
    }

    private static void keytool(String arguments) throws IOException, InterruptedException {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process = new ProcessBuilder(
                        Stream.concat(Stream.of(keytool.toString()), Stream.of(arguments.split(" ")))
                                .toList())
                .inheritIO()
                .start();
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IllegalStateException("keytool failed: " + arguments);
        }
    }

    private static String logins(List<String> principals) {
        return Stream.concat(Stream.of(ADMIN), principals.stream())
                .map(principal -> "user_" + principal + "=\"" + passwordOf(principal) + "\"")
                .collect(Collectors.joining(" ", LOGIN_MODULE, ";"));
    }

    /** What a principal logs in with. */
    public static String passwordOf(String principal) {
        return "secret-of-" + principal;
    }

    /** Where clients start from, as host:port. */
    public String bootstrapServers() {
        return kafka.getBootstrapServers();
    }

    /** What a client needs to be this principal. */
    public Properties clientProperties(String principal) {
        return clientProperties(principal, passwordOf(principal));
    }

    private Properties clientProperties(String principal, String password) {
        Properties properties = new Properties();
        properties.setProperty("security.protocol", "SASL_SSL");
        properties.setProperty("sasl.mechanism", "PLAIN");
        properties.setProperty(
                "sasl.jaas.config", LOGIN_MODULE + "username=\"" + principal + "\" password=\"" + password + "\";");
        properties.setProperty("ssl.truststore.type", "PEM");
        properties.setProperty("ssl.truststore.location", certificate.toString());
        return properties;
    }

    /** The same as a file for {@code --command-config}. */
    public Path commandConfig(String principal, String password) throws IOException {
        Path file = folder.resolve(principal + ".properties");
        try (var writer = Files.newBufferedWriter(file)) {
            clientProperties(principal, password).store(writer, null);
        }
        return file;
    }

    @Override
    public void close() {
        kafka.close();
    }
}
