// The demo's own knobs: numbers of the serving process that may be moved from here.
import { order } from "./stream.js";

const $ = (id) => document.getElementById(id);

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
  }

  draw(knobs) {
    $("play").hidden = knobs.length === 0;
    for (const knob of knobs) {
      if (!this.rows.has(knob.name)) this.rows.set(knob.name, this.row(knob));
      const row = this.rows.get(knob.name);
      if (!row.moving) this.put(row, knob.value);
    }
  }

  row(knob) {
    const row = { knob, scale: scale(knob.range), input: document.createElement("input"), output: document.createElement("output"), moving: false };
    const { min, max, step } = row.scale;
    Object.assign(row.input, { type: "range", min, max, step, id: "knob-" + knob.name });
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
    $("knobs").append(element);
    return row;
  }

  put(row, value) {
    row.input.value = String(row.scale.placeOf(value));
    this.say(row, value);
  }

  say(row, value) {
    row.output.textContent = inWords(row.knob, value);
    row.input.setAttribute("aria-valuetext", row.output.textContent);
  }

  async turn(row) {
    const value = row.scale.valueOf(row.input.value);
    try {
      if (await this.unlock()) await order("api/knob", { name: row.knob.name, value });
      $("knob-outcome").textContent = "";
    } catch (error) {
      $("knob-outcome").textContent = error.message;
      if (error.status === 401) await this.unlock(true);
    } finally {
      row.moving = false;
    }
  }
}
