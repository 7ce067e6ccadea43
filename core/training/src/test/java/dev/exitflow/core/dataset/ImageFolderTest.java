package dev.exitflow.core.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.exitflow.core.ExitflowException;
import dev.exitflow.core.bundle.BundleLoader;
import dev.exitflow.core.bundle.Manifest;
import dev.exitflow.core.bundle.TestBundles;
import dev.exitflow.core.image.DecodedImage;
import dev.exitflow.core.image.EncodedImage;
import dev.exitflow.core.image.ExifBytes;
import dev.exitflow.core.image.ImageDecoder;
import dev.exitflow.core.image.ImageEncoding;
import dev.exitflow.core.image.PngBytes;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {

    private static final int RED = 0xC01020;
    private static final int BLUE = 0x1020C0;

    @TempDir
    Path folder;

    @Test
    void shouldNameClassesByTheirFoldersSorted() throws IOException {
        draw("red/b.png", RED);
        draw("red/a.PNG", RED);
        draw("blue/a.png", BLUE);
        Files.writeString(folder.resolve("red/notes.txt"), "not an image");
        draw(".hidden/a.png", BLUE);

        ImageSet images = ImageFolder.train(folder, Reading.asStored(read -> {}));

        assertThat(images.labels()).containsExactly("blue", "red");
        assertThat(images.size()).isEqualTo(3);
        assertThat(images.width()).isEqualTo(6);
        assertThat(images.height()).isEqualTo(4);
        for (int image = 0; image < 3; image++) {
            boolean isRed = images.labels().get(images.target(image)).equals("red");
            assertThat(images.image(image))
                    .startsWith(isRed ? 0xC0 : 0x10, 0x20 - (isRed ? 0x10 : 0), isRed ? 0x20 : 0xC0);
        }
    }

    @Test
    void shouldReadJpegWhateverTheFileIsCalled() throws IOException {
        ImageIO.write(image(6, 4, RED), "jpeg", create("red/a.png").toFile());

        ImageSet images = ImageFolder.test(folder, Reading.asStored(read -> {}));

        assertThat(images.size()).isEqualTo(1);
        assertThat(Byte.toUnsignedInt(images.image(0)[0])).isBetween(0xB0, 0xD0);
    }

    @Test
    void shouldBringImagesOfAnySizeToTheModelsInputAsServingDoes(@TempDir Path bundle) throws IOException {
        Manifest.Input input =
                BundleLoader.load(TestBundles.resizing(bundle, 10)).manifest().input();
        draw("red/small.png", RED); // 6x4
        ImageIO.write(image(40, 30, BLUE), "png", create("red/large.png").toFile());

        ImageSet images = ImageFolder.train(folder, Reading.asInput(input, read -> {}));

        assertThat(images.width()).isEqualTo(8);
        assertThat(images.height()).isEqualTo(8);
        ImageDecoder serving = new ImageDecoder(input);
        List<byte[]> served = Stream.of("red/small.png", "red/large.png")
                .map(name -> new EncodedImage(ImageEncoding.PNG, 0, 0, bytes(folder.resolve(name))))
                .map(image -> ((DecodedImage.Pixels) serving.decode(image)).rgb())
                .toList();
        assertThat(List.of(images.image(0), images.image(1))).containsExactlyInAnyOrderElementsOf(served);
    }

    @Test
    void shouldReadGrayAndTurnedImagesAsTheyAreMeant() throws IOException {
        byte[] exif = PngBytes.chunk("eXIf", ExifBytes.of(6, ByteOrder.BIG_ENDIAN));
        int[] turned = {3, 60, 2, 64, 1, 128
        }; // two pixels wide, and of the upright image's first row the last pixel first
        Files.write(create("gray/upright.png"), PngBytes.of(PngBytes.GRAY, 8, 3, new int[] {1, 2, 3, 128, 64, 60}));
        Files.write(create("gray/turned.png"), PngBytes.of(PngBytes.GRAY, 8, 2, turned, exif));

        ImageSet images = ImageFolder.train(folder, Reading.asStored(read -> {}));

        assertThat(images.width()).isEqualTo(3);
        assertThat(images.height()).isEqualTo(2);
        for (int image = 0; image < 2; image++) {
            assertThat(images.image(image))
                    .containsExactly(1, 1, 1, 2, 2, 2, 3, 3, 3, 128, 128, 128, 64, 64, 64, 60, 60, 60);
        }
    }

    @Test
    void shouldReadThePartsApartWhenThereAreFoldersTrainAndTest() throws IOException {
        draw("train/red/a.png", RED);
        draw("train/blue/a.png", BLUE);
        draw("train/blue/b.png", BLUE);
        draw("test/red/a.png", RED);
        draw("test/blue/a.png", BLUE);

        assertThat(ImageFolder.train(folder, Reading.asStored(read -> {})).size())
                .isEqualTo(3);
        assertThat(ImageFolder.test(folder, Reading.asStored(read -> {})).size())
                .isEqualTo(2);
        assertThat(ImageFolder.test(folder, Reading.asStored(read -> {})).labels())
                .containsExactly("blue", "red");
    }

    @Test
    void shouldMixTheClassesTheSameWayEveryTime() throws IOException {
        for (int number = 0; number < 20; number++) {
            draw("red/" + number + ".png", RED);
            draw("blue/" + number + ".png", BLUE);
        }

        ImageSet images = ImageFolder.train(folder, Reading.asStored(read -> {}));

        List<Integer> targets = IntStream.range(0, 40).mapToObj(images::target).toList();
        assertThat(targets.subList(30, 40)).contains(0, 1);
        ImageSet again = ImageFolder.train(folder, Reading.asStored(read -> {}));
        assertThat(IntStream.range(0, 40).mapToObj(again::target)).containsExactlyElementsOf(targets);
    }

    @Test
    void shouldNameTheImageWhenItsSizeIsAnother() throws IOException {
        draw("red/a.png", RED);
        ImageIO.write(image(7, 4, BLUE), "png", create("blue/odd.png").toFile());

        assertThatThrownBy(() -> ImageFolder.train(folder, Reading.asStored(read -> {})))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("7x4")
                .hasMessageContaining("6x4");
    }

    @Test
    void shouldNameTheFileWhenItIsNoWholeImage() throws IOException {
        draw("red/a.png", RED);
        Files.write(create("blue/broken.png"), new byte[100]);
        assertThatThrownBy(() -> ImageFolder.train(folder, Reading.asStored(read -> {})))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("broken.png: not an image, expected PNG or JPEG");

        ImageIO.write(image(6, 4, RED), "gif", create("blue/broken.png").toFile());
        assertThatThrownBy(() -> ImageFolder.train(folder, Reading.asStored(read -> {})))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("broken.png: a GIF image");

        byte[] whole = Files.readAllBytes(folder.resolve("red/a.png"));
        Files.write(create("blue/broken.png"), java.util.Arrays.copyOf(whole, whole.length - 30));
        assertThatThrownBy(() -> ImageFolder.train(folder, Reading.asStored(read -> {})))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("broken.png")
                .hasMessageContaining("not a whole png image");
    }

    @Test
    void shouldNameTheClassWhenItIsEmpty() throws IOException {
        draw("red/a.png", RED);
        Files.createDirectory(folder.resolve("blue"));

        assertThatThrownBy(() -> ImageFolder.train(folder, Reading.asStored(read -> {})))
                .isInstanceOf(ExitflowException.class)
                .hasMessageContaining("blue: no PNG or JPEG image in it");
    }

    private void draw(String name, int rgb) throws IOException {
        ImageIO.write(image(6, 4, rgb), "png", create(name).toFile());
    }

    private Path create(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return file;
    }

    private static BufferedImage image(int width, int height, int rgb) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        IntStream.range(0, width * height).forEach(pixel -> image.setRGB(pixel % width, pixel / width, rgb));
        return image;
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
