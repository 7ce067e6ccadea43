package dev.exitflow.core.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a frozen backbone yields for every image in every view, kept on disk: it then runs once per image and view, not once per
 * epoch.
 *
 * <p>One file per view and stage holds a row per image, in half precision; the probabilities, which are taught, in single
 * precision. A view whose file is whole is not computed again when a training resumes. Not safe for use by several threads.
 */
final class FeatureCache implements FeatureSource, AutoCloseable {

    private static final String CONTENT_FILE = "content";

    private final Path folder;
    private final Manifest manifest;
    private final int images;
    private final List<List<FileChannel>> views = new ArrayList<>();
    private ByteBuffer memory = ByteBuffer.allocateDirect(0);

    private FeatureCache(Path folder, Manifest manifest, int images) {
        this.folder = folder;
        this.manifest = manifest;
        this.images = images;
    }

    /**
     * Opens a cache, and computes what it lacks.
     *
     * @param source computes features, such as a backbone that runs
     * @param images whose views 1 to the plan's number are kept
     * @throws ExitflowException if the disk has not enough room
     */
    static FeatureCache fill(
            Path folder,
            Manifest manifest,
            FeatureSource source,
            Minibatches images,
            TrainingPlan plan,
            NDManager manager,
            TrainingProgress progress) {
        FeatureCache cache = new FeatureCache(folder, manifest, images.size());
        try {
            Files.createDirectories(folder);
            cache.requireSameContent(content(manifest, images, plan));
            cache.requireRoom(plan.views());
            for (int view = 1; view <= plan.views(); view++) {
                if (!Files.exists(cache.done(view))) {
                    cache.compute(view, source, images, plan, manager, progress);
                }
                cache.views.add(cache.open(view, StandardOpenOption.READ));
            }
            return cache;
        } catch (IOException e) {
            cache.close();
            throw new ExitflowException("cannot keep features in " + folder, e);
        }
    }

    /** What the rows depend on; anything else makes them worthless. */
    private static String content(Manifest manifest, Minibatches images, TrainingPlan plan) {
        StringBuilder content = new StringBuilder();
        manifest.stages().forEach(stage -> content.append(stage.sha256()).append('\n'));
        return content.append(String.join(
                        "\n", images.name(), images.size() + " images", plan.augmentation() + ", seed " + plan.seed()))
                .append('\n')
                .toString();
    }

    private void requireSameContent(String content) throws IOException {
        Path file = folder.resolve(CONTENT_FILE);
        if (Files.exists(file) && !Files.readString(file).equals(content)) {
            delete();
            Files.createDirectories(folder);
        }
        Files.writeString(file, content);
    }

    private void requireRoom(int viewCount) throws IOException {
        long missing = 0;
        for (int view = 1; view <= viewCount; view++) {
            missing += Files.exists(done(view)) ? 0 : bytesPerView();
        }
        FileStore store = Files.getFileStore(folder);
        if (missing > store.getUsableSpace()) {
            throw new ExitflowException(
                    "%s: features of %d views of %d images need %s, there is room for %s; ask for fewer views",
                    folder, viewCount, images, gigabytes(missing), gigabytes(store.getUsableSpace()));
        }
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }

    private long bytesPerView() {
        long bytes = 0;
        for (int stage = 0; stage < manifest.stages().size(); stage++) {
            bytes += (long) images * rowBytes(stage);
        }
        return bytes;
    }

    private void compute(
            int view,
            FeatureSource source,
            Minibatches minibatches,
            TrainingPlan plan,
            NDManager manager,
            TrainingProgress progress)
            throws IOException {
        List<FileChannel> files = open(view, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        int steps = -Math.floorDiv(-images, plan.batchSize());
        try {
            minibatches.inOrder(manager, plan, view, (step, batch) -> {
                append(files, source.of(batch));
                progress.features((view - 1) * steps + step + 1, plan.views() * steps);
            });
        } finally {
            closeAll(files);
        }
        Files.writeString(done(view), "");
    }

    private void append(List<FileChannel> files, List<NDArray> outputs) {
        for (int stage = 0; stage < files.size(); stage++) {
            ByteBuffer rows = outputs.get(stage).toType(type(stage), false).toByteBuffer();
            try {
                while (rows.hasRemaining()) {
                    files.get(stage).write(rows);
                }
            } catch (IOException e) {
                throw new ExitflowException("cannot write features in " + folder, e);
            }
        }
    }

    @Override
    public List<NDArray> of(Minibatch batch) {
        List<FileChannel> files = views.get(batch.view() - 1);
        List<NDArray> outputs = new ArrayList<>();
        for (int stage = 0; stage < files.size(); stage++) {
            int rowBytes = rowBytes(stage);
            ByteBuffer rows = memory(batch.size() * rowBytes);
            for (int image : batch.images()) {
                read(files.get(stage), rows, rowBytes, image);
            }
            rows.flip();
            try (NDArray stored = batch.scope().create(rows, rowShape(stage, batch.size()), type(stage))) {
                outputs.add(stored.toType(DataType.FLOAT32, true));
            }
        }
        return outputs;
    }

    /** The same for every stage and batch: left to the collector, gigabytes of it would wait while the heap has room. */
    private ByteBuffer memory(int bytes) {
        if (memory.capacity() < bytes) {
            memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }
        return memory.clear();
    }

    private void read(FileChannel file, ByteBuffer rows, int rowBytes, int image) {
        int end = rows.position() + rowBytes;
        try {
            while (rows.position() < end) {
                rows.limit(end);
                long from = (long) (image + 1) * rowBytes - (end - rows.position());
                if (file.read(rows, from) < 0) {
                    throw new ExitflowException(
                            "%s: features of image %d are missing; delete the folder to compute them again",
                            folder, image);
                }
            }
        } catch (IOException e) {
            throw new ExitflowException("cannot read features in " + folder, e);
        }
        rows.limit(rows.capacity());
    }

    private int rowBytes(int stage) {
        return Math.toIntExact(rowShape(stage, 1).size() * type(stage).getNumOfBytes());
    }

    private Shape rowShape(int stage, int rows) {
        List<Long> shape = new ArrayList<>(manifest.stages().get(stage).outputShape());
        shape.add(0, (long) rows);
        return new Shape(shape);
    }

    private DataType type(int stage) {
        return stage == manifest.stages().size() - 1 ? DataType.FLOAT32 : DataType.FLOAT16;
    }

    private List<FileChannel> open(int view, StandardOpenOption... options) throws IOException {
        List<FileChannel> files = new ArrayList<>();
        try {
            for (int stage = 0; stage < manifest.stages().size(); stage++) {
                files.add(FileChannel.open(folder.resolve("view-" + view + "-stage-" + stage), options));
            }
            return files;
        } catch (IOException e) {
            closeAll(files);
            throw e;
        }
    }

    private Path done(int view) {
        return folder.resolve("view-" + view + "-done");
    }

    /** Deletes every file: once the training is over nobody needs them. */
    void delete() {
        close();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new ExitflowException("cannot delete the features in " + folder, e);
        }
    }

    @Override
    public void close() {
        views.forEach(FeatureCache::closeAll);
        views.clear();
    }

    private static void closeAll(List<FileChannel> files) {
        for (FileChannel file : files) {
            try {
                file.close();
            } catch (IOException e) {
                throw new ExitflowException("cannot close the features' files", e);
            }
        }
    }
}
