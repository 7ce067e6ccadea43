package dev.exitflow.ops.digits;

import java.util.List;

/**
 * Ten digits that look as if they belong together.
 *
 * @param ornate whether it takes a second look to read (stencilled, dotted, inline, segmented)
 * @param faces the filled shape of each digit
 * @param rims the same a little bolder, to lie under the face as its outline
 */
record Typeface(boolean ornate, List<Outline> faces, List<Outline> rims) {

    Typeface {
        faces = List.copyOf(faces);
        rims = List.copyOf(rims);
        if (faces.size() != DigitOutlines.DIGITS || rims.size() != DigitOutlines.DIGITS) {
            throw new IllegalArgumentException(
                    "a typeface needs 10 faces and 10 rims, got " + faces.size() + " and " + rims.size());
        }
    }
}
