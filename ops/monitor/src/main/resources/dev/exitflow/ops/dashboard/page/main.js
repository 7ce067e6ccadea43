// Puts the page together.
import { Charts, millis, percent } from "./charts.js";
import { Control } from "./control.js";
import { Knobs } from "./knobs.js";
import { Changes, Samples } from "./lists.js";
import { Seconds } from "./seconds.js";
import { agreementNote, capacity, policy, span } from "./words.js";
import { follow, forgetToken, order, takeTokenFromAddress, token, tryToken } from "./stream.js";

const $ = (id) => document.getElementById(id);
const THEMES = ["system", "light", "dark"];
const LATELY_SECONDS = 10;

const state = { model: null, models: new Map(), floor: null, changes: [], shifts: [], controls: null };
const seconds = new Seconds();
const changes = new Changes();
const samples = new Samples();
const charts = new Charts(state);
const control = new Control(unlock);
const knobsPanel = new Knobs(unlock);
let drawnExits = 0;
let clockSkew = 0; // the server's clock less this one's

const now = () => Date.now() + clockSkew;

const HEARD = {
  state(content) {
    state.floor = content.agreementFloor ?? null;
    content.models.forEach((card) => state.models.set(card.name, card));
    content.windows.forEach((card) => seconds.addWindow(card));
    seconds.pulses = content.pulses;
    changes.cards.clear();
    content.policies.forEach((card) => changes.add(card));
    samples.samples = content.samples;
    state.shifts = content.shifts;
    state.controls = content.controls;
    const last = content.pulses.at(-1);
    if (last) clockSkew = Math.abs(last.t - Date.now()) > 5000 ? last.t - Date.now() : 0;
    drawnExits = 0;
    drawModels();
    drawAll();
  },
  model(card) {
    state.models.set(card.name, card);
    drawModels();
  },
  window(card) {
    seconds.addWindow(card);
    if (!state.model) drawModels();
  },
  pulse(card) {
    seconds.addPulse(card);
    seconds.forget(now());
    drawPulse(card);
    drawSeconds();
  },
  policy(card) {
    changes.add(card);
    drawChanges();
  },
  samples(fresh) {
    samples.add(fresh);
    samples.draw(state.model);
  },
  shifts(cards) {
    state.shifts = cards;
  },
  controls(content) {
    state.controls = content;
    drawControls();
  },
};

function hear(name, content) {
  HEARD[name]?.(content);
}

function drawModels() {
  const names = [...state.models.keys()];
  const busiest = names.filter((name) => seconds.get(name).size).sort((a, b) => seconds.get(b).size - seconds.get(a).size)[0];
  state.model ??= busiest ?? (names.length === 1 ? names[0] : null);
  const select = $("model");
  select.replaceChildren(...names.map((name) => new Option(name, name, false, name === state.model)));
  select.parentElement.hidden = names.length < 2;
  $("model-name").textContent = names.length < 2 && state.model ? "model " + state.model : "";
  if (state.model) control.show(state.models.get(state.model));
}

function drawAll() {
  drawChanges();
  drawSeconds();
  samples.draw(state.model);
  drawControls();
  const last = seconds.pulses.at(-1);
  if (last) drawPulse(last);
}

function drawChanges() {
  const points = state.models.get(state.model)?.points ?? [];
  changes.draw(state.model, points);
  state.changes = changes.of(state.model)
    .filter((card) => !card.source && !card.problem)
    .map((card) => ({ at: card.at, name: card.version ? "v" + card.version : "default" }))
    .reverse();
  control.inForce(changes.inForce(state.model, undefined));
  drawPolicy();
  drawCapacity();
}

/** The policy in force, in the first row. */
function drawPolicy() {
  const card = changes.inForce(state.model, undefined);
  const model = state.models.get(state.model);
  const thresholds = card?.thresholds ?? model?.defaultThresholds;
  figure("now-policy", thresholds ? policy(thresholds, model?.points) : "–",
    card ? `v${card.version} by ${card.by}${card.reason ? ": " + card.reason : ""}` : "the bundle’s default");
}

/** What the policy in force sustains, against what is answered, and what each operating point would. */
function drawCapacity() {
  const known = seconds.pulses.at(-1)?.capacities?.find((card) => card.model === state.model);
  const sustained = known?.now;
  const rate = state.model ? seconds.sum(state.model, now(), LATELY_SECONDS).n / LATELY_SECONDS : 0;
  $("figure-capacity").textContent = sustained
    ? `of ${capacity(sustained)} that this policy sustains (${percent(Math.min(1, rate / sustained.perSecond), 0)})`
    : "what this policy sustains is known once images have waited";
  $("load-meter").value = sustained ? rate / sustained.perSecond : 0;
  $("load-meter").hidden = !sustained;
  control.sustained(known?.points ?? {});
  knobsPanel.sustained(known?.points ?? {}, { name: inForceName(), capacity: sustained });
}

/** Such as economy, or T 0.7. */
function inForceName() {
  const model = state.models.get(state.model);
  const thresholds = changes.inForce(state.model, undefined)?.thresholds ?? model?.defaultThresholds;
  return thresholds ? policy(thresholds, model?.points).split(" (")[0] : "the policy in force";
}

function drawPulse(pulse) {
  const count = pulse.instances.length;
  $("brokers").textContent = pulse.problem ?? "";
  $("brokers").hidden = !pulse.problem;
  $("instances").textContent = pulse.problem ? "" : count === 1 ? "1 instance" : `${count} instances`;
  $("instances").title = pulse.instances.join(", ");
  figure("now-model", state.model ?? "–", count === 1 ? "on 1 instance" : `on ${count} instances`);
  figure("figure-backlog", pulse.backlog == null ? "–" : pulse.backlog.toLocaleString("en"), backlogInWords(pulse));
  drawCapacity();
}

/** Whether what waits becomes more, or when it will be worked off. */
function backlogInWords(pulse) {
  const growth = seconds.growth();
  const longest = pulse.waitedSeconds > 1 ? `, longest for ${span(pulse.waitedSeconds)}` : "";
  if (pulse.backlog == null) return "";
  if (!pulse.backlog || growth == null || pulse.waitedSeconds <= 1) return "no queue";
  const some = Math.max(2, 0.02 * pulse.backlog);
  if (growth > some) return `grows by ${growth.toFixed(0)} a second${longest}`;
  if (growth < -some) return `empty in ${span(pulse.backlog / -growth)}${longest}`;
  return `stays${longest}`;
}

function drawSeconds() {
  const model = state.model;
  if (!model) return;
  const exits = Math.max(seconds.exits(model), state.models.get(model)?.exitCosts?.length ?? 0);
  if (exits === 0) return;
  if (exits !== drawnExits) {
    charts.rebuild(exits);
    drawnExits = exits;
  }
  const range = Number(document.querySelector("[name=range]:checked").value);
  charts.draw(seconds.columns(model, exits, now(), range, state.floor));
  drawFigures(seconds.sum(model, now(), LATELY_SECONDS));
}

function drawFigures(sum) {
  const saved = sum.full ? 1 - sum.flops / sum.full : null;
  const rate = (sum.n / sum.seconds).toFixed(sum.n > 0 && sum.n / sum.seconds < 10 ? 1 : 0);
  $("figure-rate").textContent = rate;
  drawShift(saved, state.shifts.find((card) => card.model === state.model));
  figure("figure-latency", millis(sum.p50), sum.n ? "p99 " + millis(sum.p99) : "");
  figure("figure-accuracy", sum.labelled ? percent(sum.correct / sum.labelled) : "–", sum.labelled ? "where labelled" : "no labels");
  const known = sum.agreement;
  figure("figure-agreement", known ? percent(known.share) : "–",
    known ? `${percent(known.low)} to ${percent(known.high)}` : "no shadow samples");
  $("figure-agreement").classList.toggle("bad", Boolean(known && state.floor != null && known.high < state.floor));
  control.measured({ cost: saved == null ? null : 1 - saved, agreement: known }, state.floor);
  drawNotes();
  charts.describe("rate", `${rate} images a second, ${$("figure-backlog").firstChild.textContent} waiting`);
  charts.describe("latency", `median ${millis(sum.p50)}, 99th percentile ${millis(sum.p99)}`);
  charts.describe("saved", `${percent(saved)} of the FLOPs saved`);
  charts.describe("agreement", known ? `${percent(known.share)}, between ${percent(known.low)} and ${percent(known.high)}` : "not known");
  charts.describe("exits", "share of the images that leave at each exit, over time");
}

/** Why charts are empty. */
function drawNotes() {
  $("exits-note").hidden = Number($("chart-exits").dataset.points) > 0;
  const rate = changes.inForce(state.model, undefined)?.shadowRate ?? 0;
  $("agreement-note").hidden = Number($("chart-agreement").dataset.points) > 0;
  $("agreement-note").textContent = agreementNote(rate);
}

/** FLOPs saved, and what the calibration promised; marked where the images have become others. */
function drawShift(saved, shift) {
  const points = (share) => (100 * share).toFixed(1);
  const promised = shift ? "calibrated " + percent(1 - shift.calibrated) : "";
  figure("figure-saved", percent(saved), shift?.isMaterial ? `${promised}: the images differ` : promised);
  $("figure-saved").classList.toggle("bad", Boolean(shift?.isMaterial));
  $("figure-saved").title = shift
    ? `Cost ${percent(shift.live)} of the newest ${shift.images.toLocaleString("en")} images, calibrated ${percent(shift.calibrated)}:`
      + ` ${points(shift.live - shift.calibrated)} points apart, between ${points(shift.low)} and ${points(shift.high)} however often one looks.`
    : "";
}

function figure(id, text, small) {
  const part = document.createElement("small");
  part.textContent = small ? " " + small : "";
  $(id).replaceChildren(text, part);
}

function drawControls() {
  const { knobs = [], pilot } = state.controls ?? {};
  knobsPanel.draw(knobs);
  $("pilot").hidden = !pilot;
  if (pilot) {
    $("pilot-goal").textContent = "Holds " + pilot.goal + ".";
    $("pilot-line").textContent = pilot.line;
    $("pilot-switch").textContent = pilot.engaged ? "Take over by hand" : "Let it steer";
  }
}

$("pilot-switch").addEventListener("click", async () => {
  if (!(await unlock())) return;
  try {
    await order("api/pilot", { on: !state.controls.pilot.engaged, by: $("by").value });
    $("pilot-outcome").textContent = "";
  } catch (error) {
    $("pilot-outcome").textContent = error.message;
  }
});

// --- The token ---

/** Resolves to whether this tab may change things, after asking for the token if need be. */
function unlock(again = false) {
  if (token() && !again) return Promise.resolve(true);
  if (again) forgetToken();
  drawLock();
  const dialog = $("token-dialog");
  $("token-outcome").textContent = "";
  $("token").value = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(Boolean(token())), { once: true }));
}

$("token-form").addEventListener("submit", async (event) => {
  if (event.submitter?.value !== "ok") return;
  event.preventDefault();
  const problem = await tryToken($("token").value.trim());
  if (problem) {
    $("token-outcome").textContent = problem;
    $("token-outcome").className = "outcome bad";
    $("token").select();
  } else {
    drawLock();
    $("token-dialog").close("ok");
  }
});

function drawLock() {
  $("lock").textContent = token() ? "Changes allowed" : "Read only";
  $("lock").title = token() ? "This tab has the token, which changes need. Press to forget it." : "Press to enter the token, which changes need.";
}

$("lock").addEventListener("click", () => {
  if (token()) {
    forgetToken();
    drawLock();
  } else {
    unlock();
  }
});

// --- Theme, range, model ---

function applyTheme(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  $("theme").textContent = "Theme: " + theme;
  drawnExits = 0;
  drawSeconds();
  samples.draw(state.model, true);
}

$("theme").addEventListener("click", () => {
  const next = THEMES[(THEMES.indexOf(localStorage.getItem("exitflow-theme") ?? "system") + 1) % THEMES.length];
  localStorage.setItem("exitflow-theme", next);
  applyTheme(next);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => applyTheme(localStorage.getItem("exitflow-theme") ?? "system"));
for (const input of document.querySelectorAll("[name=range]")) input.addEventListener("change", drawSeconds);
$("model").addEventListener("change", () => {
  state.model = $("model").value;
  drawnExits = 0;
  control.show(state.models.get(state.model));
  drawAll();
});

const CONNECTION = { wait: "connecting", live: "live", lost: "no connection, trying again", locked: "needs the token" };
let asking = false;

takeTokenFromAddress();
drawLock();
applyTheme(localStorage.getItem("exitflow-theme") ?? "system");
follow(hear, (connection, why) => {
  $("connection").dataset.state = connection;
  $("connection").textContent = why ?? CONNECTION[connection];
  if (connection === "locked" && !asking) {
    asking = true;
    unlock(true).then(() => { asking = false; });
  }
});
