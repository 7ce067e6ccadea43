// The demo's own knobs: numbers of the serving process that may be moved from here.
import { LoadMarks } from "./marks.js";
import { order } from "./stream.js";

const $ = (id) => document.getElementById(id);

/** The knob whose slider shows what the operating points sustain. */
const LOAD = "rate";

/** Places on a slider where ratios count. */
const PLACES = 150;

const twoDigits = (value) => Number(value.toPrecision(2));

/** Between the slider's own numbers and a knob's: step 0 means that ratios count. */
function scale({ low, high, step }) {
  if (step > 0) return { min: low, max: high, step, valueOf: Number, placeOf: (value) => value };
  return {
    min: 0,
    max: PLACES,
    step: 1,
    valueOf: (place) => Math.min(high, Math.max(low, twoDigits(low * (high / low) ** (place / PLACES)))),
    placeOf: (value) => Math.round((PLACES * Math.log(value / low)) / Math.log(high / low)),
  };
}

const inWords = (knob, value) => `${value.toLocaleString("en", { maximumFractionDigits: 2 })} ${knob.unit}`.trim();

export class Knobs {
  /** unlock() asks for the token and resolves to whether it is there. */
  constructor(unlock) {
    this.unlock = unlock;
    this.rows = new Map();
    this.marks = new LoadMarks();
  }

  draw(knobs) {
    $("play").hidden = knobs.length === 0;
    for (const knob of knobs) {
      if (!this.rows.has(knob.name)) this.rows.set(knob.name, this.row(knob));
      const row = this.rows.get(knob.name);
      row.value = knob.value;
      this.refresh(row);
    }
  }

  /** What operating points sustain by name, and the policy in force. */
  sustained(capacities, inForce) {
    this.marks.learn(capacities, inForce);
    const row = this.rows.get(LOAD);
    if (row) this.refresh(row);
  }

  row(knob) {
    const row = { knob, value: knob.value, input: document.createElement("input"), output: document.createElement("output"), moving: false };
    Object.assign(row.input, { type: "range", id: "knob-" + knob.name });
    row.output.htmlFor = row.input.id;
    const label = document.createElement("label");
    label.htmlFor = row.input.id;
    label.textContent = knob.label;
    row.input.addEventListener("input", () => {
      row.moving = true;
      this.say(row, row.scale.valueOf(row.input.value));
    });
    row.input.addEventListener("change", () => this.turn(row));
    const element = document.createElement("div");
    element.className = "knob";
    element.append(label, row.output, row.input);
    if (knob.name === LOAD) element.append(this.marks.strip, this.marks.verdict);
    $("knobs").append(element);
    return row;
  }

  /** Draws a row as it is, unless a person is moving it. */
  refresh(row) {
    if (row.moving) return;
    const range = row.knob.name === LOAD ? this.marks.range(row.knob.range, row.value) : row.knob.range;
    row.scale = scale(range);
    const { min, max, step } = row.scale;
    Object.assign(row.input, { min, max, step });
    row.input.value = String(row.scale.placeOf(row.value));
    if (row.knob.name === LOAD) this.marks.draw(row.scale);
    this.say(row, row.value);
  }

  say(row, value) {
    row.output.textContent = inWords(row.knob, value);
    row.input.setAttribute("aria-valuetext", row.output.textContent);
    if (row.knob.name === LOAD) this.marks.judge(value);
  }

  async turn(row) {
    const value = row.scale.valueOf(row.input.value);
    try {
      if (await this.unlock()) {
        await order("api/knob", { name: row.knob.name, value });
        row.value = value;
      }
      $("knob-outcome").textContent = "";
    } catch (error) {
      $("knob-outcome").textContent = error.message;
      if (error.status === 401) await this.unlock(true);
    } finally {
      row.moving = false;
    }
  }
}
