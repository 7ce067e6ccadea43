package dev.exitflow.ops.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * How fast compressed images become a model's input, on one core.
 *
 * @param machine that measured
 * @param input side of the model's square input, which images are resized and cropped to
 * @param pillow version of Python's Pillow that was measured beside; null without one
 * @param cells by format and size
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DecodeFigures(String machine, int input, String pillow, List<Cell> cells) {

    /** Copies. */
    public DecodeFigures {
        cells = List.copyOf(cells);
    }

    /**
     * One format and size; rates are images per second of processor time.
     *
     * @param format jpeg or png
     * @param width pixels in a row
     * @param height rows
     * @param bytes of the file
     * @param decoded from the file to RGB bytes
     * @param fitted from the file to RGB bytes of the input's size
     * @param pillow what Pillow does with the same file; null without it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Cell(String format, int width, int height, int bytes, Spread decoded, Spread fitted, Pillow pillow) {}

    /**
     * Rates of Pillow, images per second of processor time.
     *
     * @param decoded from the file to RGB bytes
     * @param fitted from the file to RGB bytes of the input's size
     */
    public record Pillow(double decoded, double fitted) {}
}
