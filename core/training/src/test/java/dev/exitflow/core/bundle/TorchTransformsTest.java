package dev.exitflow.core.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.exitflow.core.image.DecodedImage;
import dev.exitflow.core.image.EncodedImage;
import dev.exitflow.core.image.Fitting;
import dev.exitflow.core.image.ImageDecoder;
import dev.exitflow.core.image.ImageEncoding;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the preprocessing to PyTorch's own; skipped where there is no Python with torch. */
class TorchTransformsTest {

    private static final int INPUT_BYTES = 3 * 8 * 8;
    private static final int PHOTOGRAPHS = 1_000;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "shorter-side,[10],bilinear",
        "shorter-side,[9],bicubic",
        "'exact','[9,11]',bilinear",
        "exact,'[8,8]',bicubic"
    })
    void shouldYieldTheSameBytesAsPyTorchBarRounding(String resize, String size, String interpolation)
            throws IOException, InterruptedException {
        Path bundle = bundle(resize, size, interpolation);
        Fitting fitting = new Fitting(BundleLoader.load(bundle).manifest().input());
        SplittableRandom random = new SplittableRandom(1);
        List<Path> files = new ArrayList<>();
        List<byte[]> fitted = new ArrayList<>();
        for (int image = 0; image < 40; image++) {
            int width = random.nextInt(9, 300);
            int height = random.nextInt(9, 300);
            byte[] rgb = new byte[3 * width * height];
            random.nextBytes(rgb);
            files.add(Files.write(folder.resolve(image + "-" + width + "x" + height + ".rgb"), rgb));
            fitted.add(fitting.fit(rgb, width, height));
        }

        byte[] expected = torch(bundle, files);

        int differing = 0;
        for (int image = 0; image < files.size(); image++) {
            for (int index = 0; index < INPUT_BYTES; index++) {
                int difference =
                        Math.abs((expected[image * INPUT_BYTES + index] & 0xff) - (fitted.get(image)[index] & 0xff));
                assertThat(difference)
                        .as("%s, byte %d", files.get(image), index)
                        .isLessThanOrEqualTo(1);
                differing += difference;
            }
        }
        assertThat(differing).isLessThan(expected.length / 1_000); // halves that are rounded the other way
    }

    @Test
    void shouldDifferByLessThanHalfAGreyLevelOnPhotographs() throws IOException, InterruptedException {
        List<Path> photographs = photographs();
        Path bundle = bundle("shorter-side", "[10]", "bilinear");
        ImageDecoder decoder =
                new ImageDecoder(BundleLoader.load(bundle).manifest().input());

        byte[] expected = torch(bundle, photographs);

        long difference = 0;
        for (int image = 0; image < photographs.size(); image++) {
            byte[] content = Files.readAllBytes(photographs.get(image));
            DecodedImage decoded = decoder.decode(new EncodedImage(ImageEncoding.JPEG, 0, 0, content));
            byte[] rgb = ((DecodedImage.Pixels) decoded).rgb();
            for (int index = 0; index < INPUT_BYTES; index++) {
                difference += Math.abs((expected[image * INPUT_BYTES + index] & 0xff) - (rgb[index] & 0xff));
            }
        }
        assertThat(difference / (double) expected.length).isLessThan(0.5);
    }

    private static List<Path> photographs() throws IOException {
        String data = System.getenv("EXITFLOW_DATA");
        assumeTrue(data != null, "EXITFLOW_DATA names no folder with imagenette-128");
        Path test = Path.of(data, "imagenette-128", "test");
        assumeTrue(Files.isDirectory(test), test + " is not there");
        try (Stream<Path> files = Files.walk(test)) {
            List<Path> all = files.filter(Files::isRegularFile).sorted().toList();
            int step = all.size() / PHOTOGRAPHS;
            return Stream.iterate(0, index -> index + step)
                    .limit(PHOTOGRAPHS)
                    .map(all::get)
                    .toList();
        }
    }

    private Path bundle(String resize, String size, String interpolation) {
        return TestBundles.withPreprocessing(
                TestBundles.trained(folder.resolve("bundle")), """
                {"orientation": "exif", "colour": "rgb", "resize": "%s", "size": %s, "interpolation": "%s", "antialias": true,
                 "crop": "centre"}
                """.formatted(resize, size, interpolation));
    }

    private byte[] torch(Path bundle, List<Path> files) throws IOException, InterruptedException {
        String python = PythonWithTorch.find().orElse(null);
        assumeTrue(python != null, "none of " + PythonWithTorch.candidates() + " can import torch");
        Path out = folder.resolve("torch.bytes");
        List<String> command = new ArrayList<>(List.of(
                python,
                "src/test/python/transforms.py",
                bundle.resolve("manifest.json").toString(),
                out.toString()));
        files.forEach(file -> command.add(file.toString()));
        File log = folder.resolve("torch.log").toFile();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        assertThat(process.waitFor())
                .as(() -> "output in " + Arrays.toString(log.list()))
                .isZero();
        return Files.readAllBytes(out);
    }
}
