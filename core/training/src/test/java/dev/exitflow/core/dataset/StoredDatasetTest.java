package dev.exitflow.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatlabType;

class StoredDatasetTest {

    @TempDir
    Path folder;

    @Test
    void shouldTellEveryFormatByItsFiles() throws IOException {
        Path binary = Files.write(folder.resolve("any.bin"), new byte[2 * 3073]);
        Path matlab = folder.resolve("any.mat");
        Mat5.writeToFile(
                Mat5.newMatFile()
                        .addArray("X", Mat5.newMatrix(new int[] {32, 32, 3}, MatlabType.UInt8))
                        .addArray("y", Mat5.newScalar(10)),
                matlab.toFile());
        Path images = folder.resolve("images");
        Files.createDirectories(images.resolve("cat"));
        ImageIO.write(
                new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB),
                "png",
                images.resolve("cat/1.png").toFile());

        assertThat(read(binary)).isEqualTo("CIFAR-10 any.bin, 2 of 32x32");
        assertThat(read(matlab)).isEqualTo("SVHN any.mat, 1 of 32x32");
        assertThat(read(images)).isEqualTo("images of images, 1 of 8x8");
    }

    @Test
    void shouldSayWhatIsThereAndWhatIsExpectedWhenItIsNoneOfThem() throws IOException {
        Path notes = Files.writeString(folder.resolve("notes.txt"), "dear diary");
        Files.createDirectory(folder.resolve("more"));

        assertThatThrownBy(() -> StoredDataset.at(folder))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("a folder with more/, notes.txt")
                .hasMessageContaining("expected " + StoredDataset.KNOWN_FORMS);
        assertThatThrownBy(() -> StoredDataset.at(notes))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("notes.txt: a file of another kind, expected CIFAR-10");
        assertThatThrownBy(() -> StoredDataset.at(folder.resolve("more")))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("an empty folder, expected");
        assertThatThrownBy(() -> StoredDataset.at(folder.resolve("nowhere")))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("nowhere: no such file or folder, expected");
    }

    private static String read(Path path) {
        ImageSet images = StoredDataset.at(path).test(read -> {});
        return String.format(
                Locale.ROOT, "%s, %d of %dx%d", images.name(), images.size(), images.width(), images.height());
    }
}
