package dev.exitflow.core.bundle;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Objects;

/**
 * How an image of any size becomes one of the model's size: turned, resized, and cropped around its centre.
 *
 * <p>An image that has the model's size already is left as it is.
 *
 * @param orientation whether EXIF's orientation counts
 * @param colour what the channels are
 * @param resize what size the image gets before the crop
 * @param size for {@link Resize#SHORTER_SIDE} one number, the pixels of that side; otherwise the height and the width
 * @param interpolation the filter
 * @param antialias true: the filter widens where the image gets smaller
 * @param fill for {@link Resize#LETTERBOX} the red, green and blue of the border, 0 to 255; null for black
 * @param crop where the model's height and width are cut out
 * @param scale what a stored value is multiplied with before the mean is taken off; null for 1/255
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Preprocessing(
        Orientation orientation,
        Colour colour,
        Resize resize,
        List<Integer> size,
        Interpolation interpolation,
        boolean antialias,
        List<Integer> fill,
        Crop crop,
        Float scale) {

    /** The largest side that an image can be resized to. */
    private static final int MAX_SIDE = 8192;

    /** Whether an image is turned as its EXIF data say. */
    public enum Orientation {
        /** It is turned upright. */
        @JsonProperty("exif")
        EXIF,
        /** It stays as it is stored. */
        @JsonProperty("stored")
        STORED
    }

    /** What the channels are. */
    public enum Colour {
        /** Red, green and blue; gray gets three equal channels. */
        @JsonProperty("rgb")
        RGB
    }

    /** What size an image gets. */
    public enum Resize {
        /** A height and a width, whatever its proportions. */
        @JsonProperty("exact")
        EXACT,
        /** One for its shorter side; the other follows, rounded down. */
        @JsonProperty("shorter-side")
        SHORTER_SIDE,
        /** The largest of its proportions that fits into a height and a width, with a border around it. */
        @JsonProperty("letterbox")
        LETTERBOX
    }

    /** The filter that pixels are weighed with. */
    public enum Interpolation {
        /** A triangle. */
        @JsonProperty("bilinear")
        BILINEAR,
        /** Keys' cubic with a = -0.5. */
        @JsonProperty("bicubic")
        BICUBIC
    }

    /** Where the model's input is cut out. */
    public enum Crop {
        /** Around the centre; half a pixel is rounded to the even number, as Python does. */
        @JsonProperty("centre")
        CENTRE
    }

    /**
     * Finds what is wrong with it.
     *
     * @return null if nothing is; else the field and what is expected there
     */
    String problem(int inputHeight, int inputWidth) {
        if (orientation == null || colour == null || resize == null || interpolation == null || crop == null) {
            return "preprocessing (orientation, colour, resize, interpolation and crop)";
        }
        if (!antialias) {
            return "preprocessing.antialias (true)";
        }
        int sizes = resize == Resize.SHORTER_SIDE ? 1 : 2;
        if (size == null || size.size() != sizes || size.stream().anyMatch(Objects::isNull)) {
            return sizes == 1 ? "preprocessing.size (one side)" : "preprocessing.size (height and width)";
        }
        int height = size.get(0);
        int width = size.get(sizes - 1);
        if (height < inputHeight || width < inputWidth || height > MAX_SIDE || width > MAX_SIDE) {
            return "preprocessing.size (at least the input's height and width, at most " + MAX_SIDE + ")";
        }
        boolean fillFits = fill == null
                || (fill.size() == 3 && fill.stream().allMatch(value -> value != null && value >= 0 && value <= 255));
        if (!fillFits) {
            return "preprocessing.fill (three numbers from 0 to 255)";
        }
        boolean scaleFits = scale == null || (Float.isFinite(scale) && scale > 0);
        return scaleFits ? null : "preprocessing.scale (above 0)";
    }
}
