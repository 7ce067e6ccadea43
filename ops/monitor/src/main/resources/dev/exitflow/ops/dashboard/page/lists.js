// The sample images and the history of changes.
import { exitColour, exitName, millis, percent } from "./charts.js";
import { policy, threshold } from "./words.js";

const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const MOST_SAMPLES = 12;
const MOST_CHANGES = 40;

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function draw(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** Confidence as a bar, and T as a mark on it. */
function meter(sample) {
  const picture = draw("svg", { class: "meter", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" });
  picture.append(
    draw("rect", { class: "all", width: 100, height: 8, rx: 2 }),
    draw("rect", { class: "part", width: 100 * sample.confidence, height: 8, rx: 2 }),
    draw("rect", { class: "t", x: Math.min(98.5, 100 * sample.threshold), width: 1.5, height: 8 }),
  );
  return picture;
}

function sampleItem(sample) {
  const picture = sample.image
    ? make("img", { src: sample.image, alt: `image ${sample.id}` })
    : make("div", { class: "no-image" }, "no picture");
  const dot = draw("svg", { width: 10, height: 10, "aria-hidden": "true" });
  dot.append(draw("circle", { cx: 5, cy: 5, r: 5, fill: exitColour(sample.exit, sample.exits) }));
  const verdict = sample.trueLabel == null ? "" : sample.trueLabel === sample.label
    ? make("span", { class: "right" }, " ✓ right")
    : make("span", { class: "wrong" }, ` ✗ is ${sample.trueLabel}`);
  return make("li", { title: `${sample.id} of ${sample.source}, T ${threshold(sample.threshold)}` },
    picture,
    make("div", {}, make("strong", {}, sample.label), verdict),
    make("div", { class: "exit" }, dot, exitName(sample.exit, sample.exits)),
    meter(sample),
    make("div", { class: "exit" }, `confidence ${sample.confidence.toFixed(2)}`));
}

export class Samples {
  constructor() {
    this.samples = [];
    this.items = new WeakMap();
  }

  add(fresh) {
    this.samples = [...fresh, ...this.samples].slice(0, MOST_SAMPLES);
  }

  /** Draws again what is there already only if asked to, for other colours: pictures would flicker. */
  draw(model, anew = false) {
    const shown = this.samples.filter((sample) => sample.model === model);
    for (const sample of shown) {
      if (anew || !this.items.has(sample)) this.items.set(sample, sampleItem(sample));
    }
    $("samples").replaceChildren(...shown.map((sample) => this.items.get(sample)));
    $("no-samples").hidden = shown.length > 0;
    $("sources").replaceChildren(...[...new Set(shown.map((sample) => sample.source))].sort().map((source) => make("option", { value: source })));
  }
}

function effect(card) {
  if (card.noEffect) return card.noEffect;
  if (!card.after) return card.before ? "its effect shows after some 20 seconds" : "";
  const { before, after } = card;
  const from = (figure, words) => (before && before[figure] != null ? words(before[figure]) + " → " : "");
  const parts = [
    ["cost ", from("cost", percent), percent(after.cost)],
    [", p99 ", from("p99", millis), millis(after.p99)],
    [", ", from("perSecond", (rate) => rate.toFixed(0)), after.perSecond.toFixed(0) + " /s"],
  ];
  if (after.agreement != null) parts.push([", agreement ", from("agreement", percent), percent(after.agreement)]);
  return parts.flatMap(([name, was, is]) => [name, was, make("b", {}, is)]);
}

function changeItem(card, inForce, points) {
  const what = card.problem
    ? make("span", { class: "problem" }, "in force nowhere: " + card.problem)
    : card.thresholds
      ? `v${card.version}  ${policy(card.thresholds, points)}`
      : card.source ? "back to the model’s policy" : "back to the bundle’s default";
  const lines = [make("div", { class: "what" }, what, card.source ? ` for ${card.source}` : "")];
  if (inForce) lines[0].append(make("span", { class: "in-force" }, "  " + (card.standing ?? "in force")));
  if (card.reason) lines.push(make("div", {}, card.reason));
  const at = new Date(card.at);
  return make("li", {},
    make("time", { datetime: at.toISOString(), title: at.toLocaleString() }, at.toLocaleTimeString([], { hour12: false })),
    make("div", { class: "who" }, card.by ?? ""),
    make("div", {}, ...lines),
    make("div", { class: "effect" }, ...[effect(card)].flat()));
}

export class Changes {
  constructor() {
    this.cards = new Map();
  }

  add(card) {
    this.cards.set(card.id, card);
  }

  of(model) {
    return [...this.cards.values()].filter((card) => card.model === model).sort((a, b) => b.id - a.id);
  }

  /** The policy in force for all sources of a model; null where the default is. */
  inForce(model, source) {
    for (const card of this.of(model)) {
      if (card.source === source && !card.problem) return card.thresholds ? card : null;
    }
    return null;
  }

  /** points are the model's operating points. */
  draw(model, points) {
    const cards = this.of(model).slice(0, MOST_CHANGES);
    $("history").replaceChildren(...cards.map((card) => changeItem(card, this.inForce(model, card.source)?.id === card.id, points)));
    $("no-history").hidden = cards.length > 0;
  }
}
