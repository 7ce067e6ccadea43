// What each operating point sustains, marked on the load's slider.
import { capacity, count, rounded } from "./words.js";

/** Slider places up to its end. */
const PLACES = 200;

/** Beyond what the cheapest point sustains, so that a load can be chosen that nothing helps against. */
const ROOM = 1.4;

/** Above so much of what is sustained, images may wait by chance. */
const SAFE = 0.9;

/** A letter's width in pixels, about, and the space between two labels. */
const LETTER = 6.6, GAP = 10;

const powerOfTen = (value) => 10 ** Math.floor(Math.log10(value));

/** The next number up that is a half or a whole of its first digit, such as 3,000 for 2,562. */
const roundUp = (value) => Math.ceil(value / (powerOfTen(value) / 2)) * (powerOfTen(value) / 2);

/** The next number up of 1, 2 or 5 times a power of ten. */
const niceStep = (value) => powerOfTen(value) * [1, 2, 5, 10].find((factor) => factor * powerOfTen(value) >= value);

function make(name, className) {
  const element = document.createElement(name);
  element.className = className;
  return element;
}

/** Puts labels into rows so that none overprints another: the row of each, from their middles and widths. */
export function rowsOf(labels) {
  const ends = [];
  return labels.map(({ middle, width }) => {
    let row = ends.findIndex((end) => middle - width / 2 >= end + GAP);
    if (row < 0) row = ends.length;
    ends[row] = middle + width / 2;
    return row;
  });
}

export class LoadMarks {
  constructor() {
    this.strip = make("div", "marks");
    this.verdict = make("p", "hint");
    this.verdict.id = "load-verdict";
    this.points = [];
    this.inForce = null;
    this.top = 0;
  }

  /** capacities by operating point's name; inForce has a name and, where it is known, a capacity. */
  learn(capacities, inForce) {
    this.points = Object.entries(capacities)
      .map(([name, known]) => ({ name, ...known }))
      .sort((a, b) => a.perSecond - b.perSecond);
    this.inForce = inForce;
  }

  /** The slider's range: as wide as the marks need, once there are any. */
  range(whole, value) {
    if (this.points.length === 0) return whole;
    const wanted = Math.max(ROOM * this.points.at(-1).perSecond, value);
    // An end that followed every measurement would move the slider under the hand.
    if (wanted > this.top || wanted < this.top / 2.5) this.top = Math.min(whole.high, roundUp(wanted));
    const step = niceStep(this.top / PLACES);
    return { low: Math.ceil(whole.low / step) * step, high: Math.floor(this.top / step) * step, step };
  }

  draw({ min, max }) {
    const width = this.strip.clientWidth || 320;
    const shown = this.points.filter(({ perSecond }) => perSecond <= max);
    const labels = shown.map((point) => {
      const text = `${point.name} ${capacity(point)}`;
      const share = (point.perSecond - min) / (max - min);
      const half = (LETTER * text.length) / 2;
      return { text, share, width: 2 * half, middle: Math.min(width - half, Math.max(half, share * width)) };
    });
    const rows = rowsOf(labels);
    this.strip.style.height = `${9 + 17 * (1 + Math.max(-1, ...rows))}px`;
    const ticks = labels.map(({ share }, index) => {
      const tick = make("i", "tick");
      // A slider's thumb does not reach the ends of its track.
      tick.style.left = `calc(8px + (100% - 16px) * ${share.toFixed(4)})`;
      tick.style.height = `${7 + 17 * rows[index]}px`;
      return tick;
    });
    this.strip.replaceChildren(...ticks, ...labels.map(({ text, middle }, index) => {
      const label = make("span", "mark");
      label.dataset.point = shown[index].name;
      label.dataset.perSecond = String(shown[index].perSecond);
      label.dataset.measured = String(shown[index].isMeasured);
      label.textContent = text;
      label.style.left = `${middle}px`;
      label.style.top = `${7 + 17 * rows[index]}px`;
      return label;
    }));
  }

  /** Says what a load comes to under the policy in force. */
  judge(value) {
    for (const label of this.strip.querySelectorAll(".mark")) label.classList.toggle("short", Number(label.dataset.perSecond) < value);
    const now = this.inForce?.capacity;
    if (!now) {
      this.verdict.textContent = this.points.length ? "" : "What each operating point sustains here is marked as soon as images have waited under it.";
      return;
    }
    const name = this.inForce.name;
    if (value <= SAFE * now.perSecond) {
      this.verdict.textContent = `${name} sustains this load: nothing waits for long.`;
    } else if (value <= now.perSecond) {
      this.verdict.textContent = `This load is about all that ${name} sustains: images may wait.`;
    } else {
      // The most faithful one that has some room.
      const enough = this.points.find(({ perSecond }) => SAFE * perSecond >= value);
      const more = count(rounded(value - now.perSecond));
      this.verdict.textContent = `${more} a second more than ${name} sustains: the queue grows. `
        + (enough ? `${enough.name} sustains this load: press it, and the queue drains.` : "No operating point sustains this load.");
    }
  }
}
