package dev.exitflow.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar10Test {

    private static final int PLANE = 32 * 32;
    private static final int[] LABELS = {3, 9, 0};

    @TempDir
    Path folder;

    @Test
    void shouldInterleaveThePlanesWhenReadFromTheBinaryVersion() throws IOException {
        byte[] planes = planes();
        Path file = Files.write(folder.resolve("test_batch.bin"), records(planes));

        ImageSet images = Cifar10.test(folder);

        requireImages(images, planes);
        assertThat(images.labels()).containsExactlyElementsOf(Cifar10.LABELS);
        requireImages(Cifar10.train(file), planes);
    }

    @Test
    void shouldJoinTheFiveFilesWhenTrainingImagesAreReadFromAFolder() throws IOException {
        for (int batch = 1; batch <= 5; batch++) {
            byte[] record = new byte[1 + 3 * PLANE];
            record[0] = (byte) batch;
            Files.write(folder.resolve("data_batch_" + batch + ".bin"), record);
        }

        ImageSet images = Cifar10.train(folder);

        assertThat(images.size()).isEqualTo(5);
        assertThat(images.target(0)).isEqualTo(1);
        assertThat(images.target(4)).isEqualTo(5);
    }

    @Test
    void shouldNameTheFileWhenOneIsMissing() throws IOException {
        Files.write(folder.resolve("test_batch.bin"), records(planes()));

        assertThatThrownBy(() -> Cifar10.train(folder))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("data_batch_1.bin")
                .hasMessageContaining("NoSuchFile");
    }

    @Test
    void shouldSayWhatIsExpectedWhenABinaryFileIsCutShort() throws IOException {
        Files.write(folder.resolve("test_batch.bin"), new byte[5000]);

        assertThatThrownBy(() -> Cifar10.test(folder))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("5000 bytes, expected a multiple of 3073");
    }

    @Test
    void shouldSayWhereTheBinaryVersionIsWhenThePythonVersionIsGiven() throws IOException {
        Files.write(folder.resolve("test_batch"), new byte[] {(byte) 0x80, 2});

        assertThatThrownBy(() -> StoredDataset.at(folder).test(read -> {}))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("CIFAR-10's Python version, expected its binary one with test_batch.bin")
                .hasMessageContaining("data download cifar10");
    }

    private static byte[] planes() {
        byte[] planes = new byte[LABELS.length * 3 * PLANE];
        new SplittableRandom(1).nextBytes(planes);
        return planes;
    }

    private static byte[] records(byte[] planes) {
        byte[] records = new byte[planes.length + LABELS.length];
        for (int image = 0; image < LABELS.length; image++) {
            int record = image * (1 + 3 * PLANE);
            records[record] = (byte) LABELS[image];
            System.arraycopy(planes, image * 3 * PLANE, records, record + 1, 3 * PLANE);
        }
        return records;
    }

    private static void requireImages(ImageSet images, byte[] planes) {
        assertThat(images.size()).isEqualTo(LABELS.length);
        for (int image = 0; image < LABELS.length; image++) {
            assertThat(images.target(image)).isEqualTo(LABELS[image]);
            byte[] rgb = images.image(image);
            for (int pixel : new int[] {0, 31, 32, 500, PLANE - 1}) {
                for (int color = 0; color < 3; color++) {
                    assertThat(rgb[3 * pixel + color]).isEqualTo(planes[(3 * image + color) * PLANE + pixel]);
                }
            }
        }
    }
}
