// The trade-off panel: choose, see what is predicted, apply, hear who applied it.
import { order } from "./stream.js";
import { percent } from "./charts.js";
import { drawTradeoff } from "./tradeoff.js";
import { capacity, policy, sameThresholds, thresholds as inWords } from "./words.js";

const $ = (id) => document.getElementById(id);

/** What is promised beside an estimate: the bound that holds with a certainty of 95 %. */
function atLeast(point) {
  return point.agreementLow == null ? "" : `, at least ${percent(point.agreementLow)}`;
}

export class Control {
  /** unlock() asks for the token and resolves to whether it is there. */
  constructor(unlock) {
    this.unlock = unlock;
    this.model = null;
    this.applying = null;
    this.live = null;
    this.floor = null;
    this.capacities = {};
    this.touched = false; // whether what is chosen is a person's choice rather than what is in force
    this.sending = false;
    this.awaited = null; // version of a policy that was applied from here and is not heard of yet; 0 for the default
    this.overtaken = null; // a policy that another hand set while a person chose
    for (const input of document.querySelectorAll("[name=mode]")) input.addEventListener("change", () => this.choose());
    $("t").addEventListener("input", () => { $("t-number").value = $("t").value; this.choose(); });
    $("t-number").addEventListener("input", () => { $("t").value = $("t-number").value; this.choose(); });
    $("budget").addEventListener("input", () => this.choose());
    $("policy").addEventListener("submit", (event) => { event.preventDefault(); this.apply(); });
    $("reset").addEventListener("click", () => this.reset());
    $("drop").addEventListener("click", () => this.follow());
    $("source").addEventListener("change", () => this.draw());
    $("by").value = localStorage.getItem("exitflow-by") ?? "";
    $("by").addEventListener("change", () => localStorage.setItem("exitflow-by", $("by").value));
  }

  /** Shows another model. */
  show(card) {
    const isOther = this.model?.name !== card.name;
    this.model = card;
    this.points = card.points ?? [];
    // Cheapest to the left, as T is.
    this.frontier = [...(card.frontier ?? [])].reverse();
    $("mode").hidden = this.frontier.length === 0;
    $("budget").max = String(Math.max(0, this.frontier.length - 1));
    $("points-title").hidden = this.points.length === 0;
    $("points").replaceChildren(...this.points.map((point) => this.pointButton(point)));
    if (isOther || !this.touched) this.follow();
    this.draw();
  }

  /** What is in force for the model, a policy's card or null for the default. */
  inForce(card) {
    const isNew = card?.id !== this.applying?.id;
    this.applying = card;
    if (isNew) {
      const isOwn = this.awaited === (card?.version ?? 0);
      this.awaited = null;
      if (isOwn || !this.touched) this.follow();
      else if (!this.sending) this.overtaken = card ?? "default";
    }
    this.draw();
  }

  measured(live, floor) {
    this.live = live;
    this.floor = floor;
    this.drawTradeoff();
  }

  /** What each operating point sustains, by name. */
  sustained(capacities) {
    this.capacities = capacities;
    [...$("points").children].forEach((button, index) => this.drawPoint(button, this.points[index]));
  }

  thresholdsInForce() {
    return this.applying?.thresholds ?? this.model?.defaultThresholds ?? null;
  }

  /** Drops what a person chose: all of the form shows what is in force. */
  follow() {
    this.touched = false;
    this.overtaken = null;
    const thresholds = this.thresholdsInForce();
    if (thresholds && this.model) this.place(thresholds);
    this.draw();
  }

  /** Moves the sliders to thresholds, or as near as they can be. */
  place(thresholds) {
    const index = this.frontier.findIndex((point) => sameThresholds(point.thresholds, thresholds));
    const isUniform = thresholds.every((t) => t === thresholds[0]);
    if (isUniform || this.frontier.length === 0) {
      this.set("uniform", thresholds[0]);
    } else if (index >= 0) {
      this.set("frontier", index);
    } else {
      const cost = this.ofThresholds(thresholds).cost ?? this.live?.cost ?? 1;
      const distance = (point) => Math.abs(point.cost - cost);
      this.set("frontier", this.frontier.reduce((best, point, at) => (distance(point) < distance(this.frontier[best]) ? at : best), 0));
    }
  }

  set(mode, value) {
    document.querySelector(`[name=mode][value=${mode}]`).checked = true;
    if (mode === "uniform") {
      $("t").value = $("t-number").value = String(value);
    } else {
      $("budget").value = String(value);
    }
  }

  choose() {
    this.touched = true;
    this.draw();
  }

  mode() {
    return document.querySelector("[name=mode]:checked").value;
  }

  /** The thresholds that are chosen, and what is known of them: those in force until a person chooses others. */
  chosen() {
    const inForce = this.thresholdsInForce();
    if (!this.touched && inForce) return this.ofThresholds(inForce);
    if (this.mode() === "frontier" && this.frontier.length) return this.frontier[Number($("budget").value)];
    const t = Math.min(1, Math.max(0, Number($("t").value)));
    return { thresholds: [t], ...this.predicted(t) };
  }

  /** The curve's nearest T. */
  predicted(t) {
    let nearest = null;
    for (const point of this.model?.curve ?? []) {
      if (!nearest || Math.abs(point.thresholds[0] - t) < Math.abs(nearest.thresholds[0] - t)) nearest = point;
    }
    return nearest ? { cost: nearest.cost, agreement: nearest.agreement, accuracy: nearest.accuracy } : {};
  }

  ofThresholds(thresholds) {
    const known = [...this.frontier, ...this.points].find((point) => sameThresholds(point.thresholds, thresholds));
    return known ?? (thresholds.length === 1 ? { thresholds, ...this.predicted(thresholds[0]) } : { thresholds });
  }

  pointButton(point) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.point = point.name;
    button.addEventListener("click", () => this.applyPoint(point));
    this.drawPoint(button, point);
    return button;
  }

  drawPoint(button, point) {
    const sustains = this.capacities[point.name];
    const lines = [
      point.cost == null ? "" : `cost ${percent(point.cost, 0)}, agreement ${percent(point.agreement)}${atLeast(point)}`,
      sustains ? `sustains ${capacity(sustains)} images a second` : "",
    ];
    const name = document.createElement("b");
    name.textContent = point.name;
    button.replaceChildren(name, ...lines.filter(Boolean).map((line) => {
      const small = document.createElement("small");
      small.textContent = line;
      return small;
    }));
  }

  draw() {
    if (!this.model) return;
    const chosen = this.chosen();
    const source = $("source").value.trim();
    const inForce = this.thresholdsInForce();
    $("t-row").hidden = this.mode() === "frontier" && this.frontier.length > 0;
    $("budget-row").hidden = !$("t-row").hidden;
    $("budget-value").textContent = percent(chosen.cost);
    [...$("points").children].forEach((button, index) =>
      button.setAttribute("aria-pressed", String(Boolean(inForce) && sameThresholds(this.points[index].thresholds, inForce))));
    const small = document.createElement("small");
    small.textContent = chosen.cost == null
      ? "no prediction: start the dashboard with this model's bundle"
      : `predicted: cost ${percent(chosen.cost)}, agreement ${percent(chosen.agreement)}${atLeast(chosen)}`;
    small.title = this.model.measuredOn ? "measured on " + this.model.measuredOn : "";
    const state = !this.touched ? "In force" : this.awaited == null ? "Chosen, not applied yet" : "Applied";
    $("preview").replaceChildren(`${state}: T ${inWords(chosen.thresholds)}`, small);
    $("points-title").textContent = source ? `One press applies to ${source}, at once:` : "One press applies to all instances, at once:";
    $("apply").textContent = source ? `Apply to ${source}` : "Apply to all";
    $("reset").textContent = source ? "Back to the model’s policy" : "Back to the bundle’s default";
    this.drawInForce();
    this.drawTradeoff();
  }

  drawInForce() {
    const thresholds = this.thresholdsInForce();
    const card = this.applying;
    const bold = document.createElement("b");
    bold.textContent = (card ? `v${card.version}` : "the bundle’s default") + (thresholds ? ", " + policy(thresholds, this.points) : "");
    const rest = card
      ? ` by ${card.by}, ${card.shadowRate > 0 ? percent(card.shadowRate, 0) + " of the images are checked against the backbone" : "no image is checked against the backbone"}`
      : "";
    $("in-force").replaceChildren("In force: ", bold, rest);
    $("overtaken").hidden = !this.overtaken;
    if (this.overtaken) {
      const who = this.overtaken === "default" ? "The policy was reset" : `${this.overtaken.by} set v${this.overtaken.version}`;
      $("overtaken-text").textContent = `${who} while you were choosing.`;
    }
  }

  drawTradeoff() {
    const inForce = this.thresholdsInForce();
    drawTradeoff($("tradeoff"), {
      frontier: this.frontier ?? [],
      curve: this.model?.curve ?? [],
      now: inForce && this.ofThresholds(inForce),
      chosen: this.touched ? this.chosen() : null,
      live: this.live,
      floor: this.floor,
    });
  }

  request() {
    const source = $("source").value.trim();
    return {
      model: this.model.name,
      ...(source ? { source } : { expectedVersion: this.applying?.version ?? 0 }),
      by: $("by").value,
      reason: $("reason").value,
    };
  }

  shadowRate() {
    const shadow = $("shadow").value;
    return shadow === "" ? {} : { shadowRate: Number(shadow) };
  }

  async apply() {
    await this.send({ ...this.request(), thresholds: this.chosen().thresholds, ...this.shadowRate() });
  }

  async applyPoint(point) {
    await this.send({ ...this.request(), operatingPoint: point.name, ...this.shadowRate() });
  }

  async reset() {
    const { expectedVersion, ...request } = this.request();
    await this.send({ ...request, reset: true });
  }

  async send(request) {
    if (!this.model || !(await this.unlock())) return;
    this.say("writing, and waiting for the instances …");
    const buttons = [$("apply"), $("reset"), ...$("points").children];
    for (const button of buttons) button.disabled = true;
    this.sending = true;
    const before = this.applying?.id;
    try {
      const receipt = await order("api/policy", request);
      if (request.source || (this.applying?.version ?? 0) === receipt.version) this.follow();
      else this.awaited = receipt.version;
      const what = receipt.version ? `v${receipt.version} ` : request.source ? "model’s policy " : "bundle’s default ";
      this.say(what + receipt.summary, receipt.complete ? "good" : "bad");
    } catch (error) {
      this.say(error.message, "bad");
      if (this.touched && this.applying?.id !== before) this.overtaken = this.applying ?? "default";
      if (error.status === 401) await this.unlock(true);
    } finally {
      this.sending = false;
      for (const button of buttons) button.disabled = false;
      this.draw();
    }
  }

  say(text, kind = "") {
    $("outcome").textContent = text;
    $("outcome").className = "outcome " + kind;
  }
}
