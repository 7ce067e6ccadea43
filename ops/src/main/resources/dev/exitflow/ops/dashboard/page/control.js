// The trade-off panel: choose, see what is predicted, apply, hear who applied it.
import { order } from "./stream.js";
import { percent } from "./charts.js";

const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";
const same = (one, other) => one.length === other.length && one.every((t, index) => Math.abs(t - other[index]) < 1e-9);
const inWords = (thresholds) => (thresholds.length === 1 ? thresholds[0].toFixed(2) : thresholds.map((t) => t.toFixed(2)).join(" · "));

export class Control {
  /** unlock() asks for the token and resolves to whether it is there. */
  constructor(unlock) {
    this.unlock = unlock;
    this.model = null;
    this.applying = null;
    this.live = null;
    this.floor = null;
    this.touched = false;
    for (const input of document.querySelectorAll("[name=mode]")) input.addEventListener("change", () => this.choose());
    $("t").addEventListener("input", () => { $("t-number").value = $("t").value; this.choose(); });
    $("t-number").addEventListener("input", () => { $("t").value = $("t-number").value; this.choose(); });
    $("budget").addEventListener("input", () => this.choose());
    $("policy").addEventListener("submit", (event) => { event.preventDefault(); this.apply(); });
    $("reset").addEventListener("click", () => this.reset());
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
    $("points").replaceChildren(...this.points.map((point) => this.pointButton(point)));
    if (isOther) {
      this.touched = false;
      this.follow(this.applying);
    }
    this.draw();
  }

  /** What is in force for the model, a policy's card or null for the default. */
  inForce(card) {
    const isNew = card?.id !== this.applying?.id;
    this.applying = card;
    if (isNew && !this.touched) this.follow(card);
    this.draw();
  }

  measured(live, floor) {
    this.live = live;
    this.floor = floor;
    this.drawTradeoff();
  }

  thresholdsInForce() {
    return this.applying?.thresholds ?? this.model?.defaultThresholds ?? null;
  }

  /** Moves the sliders to where the policy is, unless a person has moved them. */
  follow() {
    const thresholds = this.thresholdsInForce();
    if (!thresholds || !this.model) return;
    if (thresholds.length === 1) {
      this.set("uniform", thresholds[0]);
    } else {
      const index = this.frontier.findIndex((point) => same(point.thresholds, thresholds));
      if (index >= 0) this.set("frontier", index);
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
    this.named = null;
    this.draw();
  }

  mode() {
    return document.querySelector("[name=mode]:checked").value;
  }

  /** The thresholds that are chosen, and what is known of them. */
  chosen() {
    if (this.named) return this.named;
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
    const known = [...this.frontier, ...this.points].find((point) => same(point.thresholds, thresholds));
    return known ?? (thresholds.length === 1 ? { thresholds, ...this.predicted(thresholds[0]) } : { thresholds });
  }

  pointButton(point) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = point.name;
    button.addEventListener("click", () => {
      this.touched = true;
      if (point.thresholds.length === 1) {
        this.set("uniform", point.thresholds[0]);
      } else {
        const index = this.frontier.findIndex((other) => same(other.thresholds, point.thresholds));
        if (index >= 0) this.set("frontier", index);
      }
      this.named = point;
      this.draw();
    });
    return button;
  }

  draw() {
    if (!this.model) return;
    const chosen = this.chosen();
    $("t-row").hidden = this.mode() === "frontier" && this.frontier.length > 0;
    $("budget-row").hidden = !$("t-row").hidden;
    $("budget-value").textContent = percent(chosen.cost);
    [...$("points").children].forEach((button, index) =>
      button.setAttribute("aria-pressed", String(same(this.points[index].thresholds, chosen.thresholds))));
    const small = document.createElement("small");
    small.textContent = chosen.cost == null
      ? "no prediction: start the dashboard with this model's bundle"
      : `predicted: cost ${percent(chosen.cost)}, agreement ${percent(chosen.agreement)}`;
    small.title = this.model.measuredOn ? "measured on " + this.model.measuredOn : "";
    $("preview").replaceChildren("T " + inWords(chosen.thresholds), small);
    const source = $("source").value.trim();
    $("apply").textContent = source ? `Apply for ${source}` : "Apply to all";
    this.drawInForce();
    this.drawTradeoff();
  }

  drawInForce() {
    const thresholds = this.thresholdsInForce();
    const policy = this.applying;
    const bold = document.createElement("b");
    bold.textContent = (policy ? `v${policy.version}` : "the bundle's default") + (thresholds ? `, T ${inWords(thresholds)}` : "");
    const rest = policy
      ? ` by ${policy.by}, ${policy.shadowRate > 0 ? percent(policy.shadowRate, 0) + " checked against the backbone" : "nothing checked against the backbone"}`
      : "";
    $("in-force").replaceChildren("In force: ", bold, rest);
  }

  /** Cost against agreement: the frontier, one T for all, what is chosen, in force, and measured now. */
  drawTradeoff() {
    const all = [...this.frontier, ...(this.model?.curve ?? [])].filter((point) => point.cost != null);
    $("tradeoff").replaceChildren();
    $("tradeoff").toggleAttribute("hidden", all.length === 0);
    if (!all.length) return;
    const left = 38, right = 330, top = 8, bottom = 122;
    const lowest = Math.min(...all.map((point) => point.agreement), this.live?.agreement?.low ?? 1, this.floor ?? 1);
    const costs = all.map((point) => point.cost);
    const low = Math.max(0, lowest - 0.01), cheap = Math.min(...costs) * 0.95, dear = Math.max(...costs, this.live?.cost ?? 0) * 1.02;
    const x = (cost) => left + ((cost - cheap) / (dear - cheap)) * (right - left);
    const y = (agreement) => bottom - ((agreement - low) / (1.004 - low)) * (bottom - top);
    const put = (name, attributes, text) => {
      const element = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      if (text) element.textContent = text;
      $("tradeoff").append(element);
    };
    const path = (points) => points.map((point, index) => `${index ? "L" : "M"}${x(point.cost).toFixed(1)} ${y(point.agreement).toFixed(1)}`).join("");
    put("path", { class: "axis", d: `M${left} ${top}V${bottom}H${right}` });
    put("text", { x: left - 4, y: y(1) + 4, "text-anchor": "end" }, "100%");
    put("text", { x: left - 4, y: bottom, "text-anchor": "end" }, percent(low, 0).replace("\u00a0", ""));
    put("text", { x: left + 6, y: top + 4 }, "↑ agreement");
    put("text", { x: left, y: bottom + 14 }, percent(cheap, 0));
    put("text", { x: right, y: bottom + 14, "text-anchor": "end" }, "cost → " + percent(dear, 0));
    if (this.floor != null) put("path", { class: "floor", d: `M${left} ${y(this.floor)}H${right}` });
    put("path", { class: "curve", d: path(this.model.curve ?? []) });
    put("path", { class: "frontier", d: path(this.frontier) });
    const now = this.thresholdsInForce() && this.ofThresholds(this.thresholdsInForce());
    if (now?.cost != null) put("circle", { class: "now", cx: x(now.cost), cy: y(now.agreement), r: 6 });
    if (this.live?.cost != null && this.live.agreement) {
      const at = x(Math.min(dear, Math.max(cheap, this.live.cost)));
      put("path", { class: "live", d: `M${at} ${y(this.live.agreement.low)}V${y(this.live.agreement.high)}` });
      put("circle", { class: "live", cx: at, cy: y(this.live.agreement.share), r: 3 });
    }
    const chosen = this.chosen();
    if (chosen.cost != null) put("circle", { class: "chosen", cx: x(chosen.cost), cy: y(chosen.agreement), r: 5 });
    put("text", { x: left, y: bottom + 29 }, "● chosen   ○ in force" + (this.live?.agreement ? "   ┃ measured now" : ""));
    put("text", { x: left, y: bottom + 43 }, (this.frontier.length ? "— best for the cost   " : "") + "┄ one T for all exits");
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

  async apply() {
    const shadow = $("shadow").value;
    const chosen = this.chosen();
    const wanted = this.named ? { operatingPoint: this.named.name } : { thresholds: chosen.thresholds };
    await this.send({ ...this.request(), ...wanted, ...(shadow === "" ? {} : { shadowRate: Number(shadow) }) });
  }

  async reset() {
    const { expectedVersion, ...request } = this.request();
    await this.send({ ...request, reset: true });
  }

  async send(request) {
    if (!this.model || !(await this.unlock())) return;
    this.say("writing, and waiting for the instances …");
    for (const button of [$("apply"), $("reset")]) button.disabled = true;
    try {
      const receipt = await order("api/policy", request);
      this.touched = false;
      const version = receipt.version ? `v${receipt.version} ` : "default ";
      this.say(version + receipt.summary, receipt.complete ? "good" : "bad");
    } catch (error) {
      this.say(error.message, "bad");
      if (error.status === 401) await this.unlock(true);
    } finally {
      for (const button of [$("apply"), $("reset")]) button.disabled = false;
    }
  }

  say(text, kind = "") {
    $("outcome").textContent = text;
    $("outcome").className = "outcome " + kind;
  }
}
