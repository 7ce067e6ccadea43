package dev.exitflow.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;

class SvhnTest {

    private static final int HEIGHT = 4;
    private static final int WIDTH = 3;

    @TempDir
    Path folder;

    @Test
    void shouldReadImagesAndTakeTenForZero() throws IOException {
        write("test_32x32.mat", pixels(2), labels(1, 10));

        ImageSet images = Svhn.test(folder);

        assertThat(images.size()).isEqualTo(2);
        assertThat(images.width()).isEqualTo(WIDTH);
        assertThat(images.height()).isEqualTo(HEIGHT);
        assertThat(images.target(0)).isEqualTo(1);
        assertThat(images.target(1)).isZero();
        for (int row = 0; row < HEIGHT; row++) {
            for (int column = 0; column < WIDTH; column++) {
                for (int color = 0; color < 3; color++) {
                    assertThat(images.image(1)[3 * (row * WIDTH + column) + color])
                            .isEqualTo(value(row, column, color, 1));
                }
            }
        }
    }

    @Test
    void shouldReadTheFileOfEachPartWhenGivenAFolder() throws IOException {
        write("train_32x32.mat", pixels(3), labels(1, 2, 3));
        write("test_32x32.mat", pixels(1), labels(4));

        assertThat(Svhn.train(folder).size()).isEqualTo(3);
        assertThat(Svhn.test(folder).size()).isEqualTo(1);
        assertThat(Svhn.train(folder.resolve("test_32x32.mat")).target(0)).isEqualTo(4);
    }

    @Test
    void shouldSayWhatIsWrongWhenALabelIsNoDigit() throws IOException {
        write("test_32x32.mat", pixels(2), labels(1, 0));

        assertThatThrownBy(() -> Svhn.test(folder))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("image 1 has label 0, expected 1 to 9, and 10 for the digit 0");
    }

    @Test
    void shouldSayWhatIsWrongWhenTheMatricesAreNotSvhns() throws IOException {
        write("test_32x32.mat", pixels(2), labels(1, 2, 3));
        assertThatThrownBy(() -> Svhn.test(folder))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("shape [4, 3, 3, 2] and y of shape [3, 1]");

        write("test_32x32.mat", Mat5.newMatrix(new int[] {4, 3, 3, 1}, MatlabType.Double), labels(1));
        assertThatThrownBy(() -> Svhn.test(folder))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("X is double");

        Mat5.writeToFile(
                Mat5.newMatFile().addArray("digits", pixels(1)),
                folder.resolve("test_32x32.mat").toFile());
        assertThatThrownBy(() -> Svhn.test(folder))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("no matrix 'X'");
    }

    @Test
    void shouldSayWhatIsWrongWhenTheFileIsNone() throws IOException {
        Path file = folder.resolve("test_32x32.mat");
        assertThatThrownBy(() -> Svhn.test(folder))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("cannot read " + file);

        Files.writeString(file, "MATLAB 7.3 MAT-file, Platform: GLNXA64");
        assertThatThrownBy(() -> Svhn.test(folder))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("starts with 'MATLAB 7.3 MAT-file', expected 'MATLAB 5.0 MAT-file'");

        write("test_32x32.mat", pixels(2), labels(1, 2));
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> Svhn.test(folder))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("not a whole MATLAB file");
    }

    /** As {@code (row, column, colour, image)}. */
    private static Matrix pixels(int count) {
        Matrix pixels = Mat5.newMatrix(new int[] {HEIGHT, WIDTH, 3, count}, MatlabType.UInt8);
        for (int row = 0; row < HEIGHT; row++) {
            for (int column = 0; column < WIDTH; column++) {
                for (int color = 0; color < 3; color++) {
                    for (int image = 0; image < count; image++) {
                        pixels.setByte(new int[] {row, column, color, image}, value(row, column, color, image));
                    }
                }
            }
        }
        return pixels;
    }

    private static byte value(int row, int column, int color, int image) {
        return (byte) (100 * image + 30 * color + 7 * row + column);
    }

    private static Matrix labels(int... labels) {
        Matrix matrix = Mat5.newMatrix(new int[] {labels.length, 1}, MatlabType.UInt8);
        for (int image = 0; image < labels.length; image++) {
            matrix.setInt(image, labels[image]);
        }
        return matrix;
    }

    private void write(String name, Matrix pixels, Matrix labels) throws IOException {
        MatFile content = Mat5.newMatFile().addArray("X", pixels).addArray("y", labels);
        Mat5.writeToFile(content, folder.resolve(name).toFile());
    }
}
