package dev.exitflow.ops.bench;

import dev.exitflow.core.ExitflowException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Has Python's Pillow decode a file, in a process of its own, if an interpreter has it.
 *
 * @param interpreter that can import it
 * @param version of Pillow
 */
record PillowDecoder(String interpreter, String version) {

    private static final String VERSION = "import PIL; print(PIL.__version__)";

    /** Prints images per second of processor time: decoded, and resized and cropped besides. */
    private static final String MEASURE = """
            import io, sys, time
            from PIL import Image
            data = open(sys.argv[1], 'rb').read()
            shorter, side = int(sys.argv[2]), int(sys.argv[3])
            def decoded():
                return Image.open(io.BytesIO(data)).convert('RGB')
            def fitted():
                image = decoded()
                width, height = image.size
                scale = shorter / min(width, height)
                image = image.resize((int(width * scale), int(height * scale)), Image.BILINEAR)
                left, top = (image.width - side) // 2, (image.height - side) // 2
                return image.crop((left, top, left + side, top + side)).tobytes()
            for work in (decoded, fitted):
                work()
                count, start = 0, time.process_time()
                while time.process_time() - start < 0.5:
                    work()
                    count += 1
                print(count / (time.process_time() - start))
            """;

    /** Looks for an interpreter with Pillow: that of {@code EXITFLOW_PYTHON}, then those of the path and of the system. */
    static Optional<PillowDecoder> find() {
        String chosen = System.getenv("EXITFLOW_PYTHON");
        List<String> candidates = chosen == null ? List.of("python3", "/usr/bin/python3") : List.of(chosen);
        return candidates.stream().flatMap(python -> at(python).stream()).findFirst();
    }

    private static Optional<PillowDecoder> at(String python) {
        List<String> lines = run(List.of(python, "-c", VERSION));
        return lines.size() == 1 ? Optional.of(new PillowDecoder(python, lines.get(0))) : Optional.empty();
    }

    /**
     * Measures it.
     *
     * @param shorterSide that the image is resized to
     * @param side of the square that is cropped out
     */
    DecodeFigures.Pillow measure(Path file, int shorterSide, int side) {
        List<String> lines = run(List.of(
                interpreter, "-c", MEASURE, file.toString(), Integer.toString(shorterSide), Integer.toString(side)));
        if (lines.size() != 2) {
            throw new ExitflowException("%s: Pillow %s did not decode %s", interpreter, version, file);
        }
        return new DecodeFigures.Pillow(Double.parseDouble(lines.get(0)), Double.parseDouble(lines.get(1)));
    }

    /** What a command prints; nothing where it fails or does not exist. */
    private static List<String> run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return process.waitFor() == 0 ? lines : List.of();
        } catch (IOException e) {
            return List.of(); // no such interpreter
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExitflowException("interrupted while Pillow ran", e);
        }
    }
}
