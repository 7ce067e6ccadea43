package dev.exitflow.ops.trust;

import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.ModelBundle;
import dev.exitflow.core.image.EncodedImage;
import dev.exitflow.core.inference.BatcherConfig;
import dev.exitflow.core.inference.Classified;
import dev.exitflow.core.inference.MicroBatcher;
import dev.exitflow.core.inference.Sample;
import dev.exitflow.core.policy.ExitPolicy;
import dev.exitflow.schema.ImageEncoding;
import dev.exitflow.schema.ImageRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;

/**
 * Numbered images for the tests' tiny bundle, and the bare engine's own answer to each.
 *
 * <p>Image n shows pattern n modulo {@value #PATTERNS}, so that an answer that got to the wrong image is likely to be seen. One image in
 * {@value #BAD_EVERY} is cut short and belongs into the dead letters.
 */
public final class TinyImages {

    /** The bundle's directory, seen from this module's. */
    public static final Path BUNDLE = Path.of("../../processor/src/test/resources/tiny-bundle");

    /** The model's name. */
    public static final String MODEL = "tiny";

    /** Two cameras in each partition. */
    private static final List<String> SOURCES = sources(2);

    static final int EARLY_EXITS = 2;

    static final String NEXT_VERSION = "2";

    private static final int SIDE = 8;
    private static final int PATTERNS = 64;
    static final int BAD_EVERY = 20;
    private static final String ID = "image-";

    private final byte[][] patterns = new byte[PATTERNS][3 * SIDE * SIDE];
    private final int[][] labels = new int[EARLY_EXITS + 1][PATTERNS];

    private TinyImages() {
        Random random = new Random(7);
        for (byte[] pattern : patterns) {
            random.nextBytes(pattern);
        }
    }

    /** Draws the patterns and asks the bare engine what each exit answers to them. */
    public static TinyImages withAnswers() throws Exception {
        TinyImages images = new TinyImages();
        ModelBundle bundle = BundleLoader.load(BUNDLE);
        for (int exit = 0; exit <= EARLY_EXITS; exit++) {
            images.ask(bundle, exit);
        }
        return images;
    }

    /** Copies the bundle as its model's next version, which answers the same. */
    static Path nextVersion(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(BUNDLE)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        Path manifest = folder.resolve("manifest.json");
        String first = Files.readString(manifest);
        String next = first.replace("\"version\": \"1\"", "\"version\": \"" + NEXT_VERSION + "\"");
        if (next.equals(first)) {
            throw new IllegalStateException(manifest + " does not say version 1");
        }
        Files.writeString(manifest, next);
        return folder;
    }

    private void ask(ModelBundle bundle, int exit) throws Exception {
        Double[] thresholds = new Double[EARLY_EXITS];
        Arrays.setAll(thresholds, index -> index == exit ? 0.0 : 1.0);
        ExitPolicy policy = new ExitPolicy(1, List.of(thresholds), 0);
        try (MicroBatcher engine =
                MicroBatcher.start(bundle, source -> policy, new BatcherConfig(1, 16, PATTERNS), Thread::new)) {
            for (int pattern = 0; pattern < PATTERNS; pattern++) {
                EncodedImage image =
                        new EncodedImage(dev.exitflow.core.image.ImageEncoding.RAW_RGB8, SIDE, SIDE, patterns[pattern]);
                Classified answer = (Classified)
                        engine.submit(new Sample("pattern", "test", image)).get(1, TimeUnit.MINUTES);
                labels[exit][pattern] = answer.label();
            }
        }
    }

    /** The record of image {@code index}. */
    public ImageRecord record(long index, Instant capturedAt) {
        return record(index, source(index), capturedAt);
    }

    /** The same from a camera of another name. */
    ImageRecord record(long index, String source, Instant capturedAt) {
        byte[] pixels = patterns[(int) (index % PATTERNS)];
        return ImageRecord.newBuilder()
                .setId(ID + index)
                .setSource(source)
                .setModel(MODEL)
                .setCapturedAt(capturedAt)
                .setEncoding(ImageEncoding.RAW_RGB8)
                .setWidth(SIDE)
                .setHeight(SIDE)
                .setData(ByteBuffer.wrap(isBad(index) ? Arrays.copyOf(pixels, pixels.length - 1) : pixels))
                .setLabel(null)
                .build();
    }

    /** Which camera sends image {@code index}. */
    public static String source(long index) {
        return SOURCES.get((int) (index % SOURCES.size()));
    }

    /** Names whose hashes spread them evenly over the partitions, so many in each. */
    private static List<String> sources(int ofEachPartition) {
        List<String> names = new ArrayList<>();
        int[] found = new int[Installation.PARTITIONS];
        for (int number = 0; names.size() < ofEachPartition * found.length; number++) {
            String name = "camera-" + number;
            int partition = BuiltInPartitioner.partitionForKey(name.getBytes(StandardCharsets.UTF_8), found.length);
            if (found[partition] < ofEachPartition) {
                found[partition]++;
                names.add(name);
            }
        }
        return List.copyOf(names);
    }

    /** Whether image {@code index} belongs into the dead letters. */
    public static boolean isBad(long index) {
        return index % BAD_EVERY == BAD_EVERY - 1;
    }

    /** The number of the image with this id. */
    public static long indexOf(String id) {
        return Long.parseLong(id.substring(ID.length()));
    }

    /** The bare engine's answer to image {@code index} at an exit. */
    public int label(long index, int exit) {
        return labels[exit][(int) (index % PATTERNS)];
    }

    /**
     * Where every image leaves under a policy: the tiny bundle's early exits are always exactly half sure.
     *
     * @return the exit's number, {@value #EARLY_EXITS} for the backbone's classifier
     */
    static int exitUnder(ExitPolicy policy) {
        for (int exit = 0; exit < EARLY_EXITS; exit++) {
            if (policy.leaves(exit, 0.5)) {
                return exit;
            }
        }
        return EARLY_EXITS;
    }
}
