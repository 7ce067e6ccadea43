// Numbers and policies in words.

/** T as precise as it has to be: what is not 1 is not written as 1, which would mean that no image leaves. */
export function threshold(t) {
  if (t === 0 || t === 1) return String(t);
  for (let digits = 2; digits < 10; digits++) {
    const text = t.toFixed(digits);
    if (Number(text) > 0 && Number(text) < 1) return text;
  }
  return String(t);
}

export const thresholds = (all) => all.map(threshold).join(" · ");

export const sameThresholds = (one, other) =>
  one.length === other.length && one.every((t, index) => Math.abs(t - other[index]) < 1e-9);

/** Such as "economy (T 0.62 · 0.60 · 0.79)", or the thresholds alone where no operating point has them. */
export function policy(all, points = []) {
  const named = points.find((point) => sameThresholds(point.thresholds, all));
  const text = "T " + thresholds(all);
  return named ? `${named.name} (${text})` : text;
}

/** Two digits of precision suffice for what a machine sustains. */
export const rounded = (value) => Number(value.toPrecision(value < 1000 ? 2 : 3));

export const count = (value) => Math.round(value).toLocaleString("en");

/** Such as "612", or "about 1,800" where it was not measured. */
export const capacity = ({ perSecond, isMeasured }) => (isMeasured ? "" : "about ") + count(rounded(perSecond));

/** Why no agreement is drawn where the share shadowRate of the images is checked against the backbone. */
export function agreementNote(shadowRate) {
  return shadowRate === 0
    ? "Shadow samples are off: no answer is checked against the backbone. Choose a share under “Reason, name, source, shadow samples”, and apply."
    : `Shadow samples are on, for ${Math.round(1000 * shadowRate) / 10}\u00a0% of the images. An agreement is drawn once 20 have come within a minute.`;
}

/** How long, for people. */
export function span(seconds) {
  if (seconds < 1) return "under a second";
  if (seconds < 120) return `${Math.round(seconds)}\u00a0s`;
  return `${Math.round(seconds / 60)}\u00a0min`;
}
