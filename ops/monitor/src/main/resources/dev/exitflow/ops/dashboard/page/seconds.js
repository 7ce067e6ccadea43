// What is known, second by second, and the columns that the charts draw of it.

const KEPT_MILLIS = 16 * 60 * 1000;

/** Seconds that should be known by now; a missing one had no predictions. */
const REPORT_DELAY_MILLIS = 2000;

/** The least that is drawn. */
const LEAST_SECONDS = 60;

/** A server with much to do looks less often how many wait. */
const PULSE_GAP_MILLIS = 5000;

/** How fast the waiting grow is a mean over so long. */
const GROWTH_MILLIS = 6000;

/** Fewer shadow samples say too little to be drawn. */
const LEAST_SAMPLES = 20;

function lately(waiting, t) {
  for (let at = t; at > t - PULSE_GAP_MILLIS; at -= 1000) {
    if (waiting.get(at) != null) return waiting.get(at);
  }
  return null;
}

export class Seconds {
  constructor() {
    this.windows = new Map();
    this.pulses = [];
  }

  addWindow(card) {
    if (!this.windows.has(card.model)) this.windows.set(card.model, new Map());
    this.windows.get(card.model).set(card.t, card);
  }

  addPulse(card) {
    this.pulses.push(card);
  }

  forget(now) {
    this.pulses = this.pulses.filter((pulse) => pulse.t > now - KEPT_MILLIS);
    for (const ofModel of this.windows.values()) {
      for (const t of ofModel.keys()) if (t < now - KEPT_MILLIS) ofModel.delete(t);
    }
  }

  /** Images by which those that wait become more each second; null where that is not known. */
  growth() {
    const last = this.pulses.at(-1);
    const first = last && this.pulses.find((pulse) => pulse.t >= last.t - GROWTH_MILLIS && pulse.backlog != null);
    if (last?.backlog == null || !first || last.t - first.t < GROWTH_MILLIS / 3) return null;
    return (1000 * (last.backlog - first.backlog)) / (last.t - first.t);
  }

  models() {
    return [...this.windows.keys()];
  }

  get(model) {
    return this.windows.get(model) ?? new Map();
  }

  exits(model) {
    let most = 0;
    for (const card of this.get(model).values()) most = Math.max(most, card.exits.length);
    return most;
  }

  lastSecond(model, now) {
    let last = Math.floor((now - REPORT_DELAY_MILLIS) / 1000) * 1000 - 1000;
    for (const t of this.get(model).keys()) if (t > last && t < now + 60000) last = t;
    return last;
  }

  /** Sums of the last seconds of a model. */
  sum(model, now, seconds) {
    const last = this.lastSecond(model, now);
    const total = { n: 0, flops: 0, full: 0, labelled: 0, correct: 0, p50: null, p99: null, agreement: null, seconds };
    for (let t = last - 1000 * (seconds - 1); t <= last; t += 1000) {
      const card = this.get(model).get(t);
      if (!card) continue;
      for (const name of ["n", "flops", "full", "labelled", "correct"]) total[name] += card[name];
      total.p50 = card.p50;
      total.p99 = Math.max(total.p99 ?? 0, card.p99);
      total.agreement = card.agreement ?? total.agreement;
    }
    return total;
  }

  /** One column for each chart's line, over the seconds up to now. */
  columns(model, exits, now, seconds, floor) {
    const last = this.lastSecond(model, now);
    const waiting = new Map();
    for (const pulse of this.pulses) waiting.set(Math.floor(pulse.t / 1000) * 1000, pulse.backlog ?? null);
    const known = this.get(model);
    const begun = Math.min(...known.keys());
    // What began a moment ago is not drawn at the edge of an empty chart.
    const first = Math.min(last - 1000 * (LEAST_SECONDS - 1), Math.max(last - 1000 * (seconds - 1), begun));
    const columns = { times: [], rate: [], backlog: [], p50: [], p99: [], saved: [], agreement: [], low: [], high: [], floor: [], tops: [] };
    for (let exit = 0; exit < exits; exit++) columns.tops.push([]);
    for (let t = first; t <= last; t += 1000) {
      const card = known.get(t);
      columns.times.push(t / 1000);
      columns.rate.push(card ? card.n : t >= begun ? 0 : null);
      columns.backlog.push(lately(waiting, t));
      columns.p50.push(card?.p50 ?? null);
      columns.p99.push(card?.p99 ?? null);
      columns.saved.push(card ? 1 - card.flops / card.full : null);
      const agreement = card?.agreement?.samples >= LEAST_SAMPLES ? card.agreement : null;
      columns.agreement.push(agreement?.share ?? null);
      columns.low.push(agreement?.low ?? null);
      columns.high.push(agreement?.high ?? null);
      columns.floor.push(floor);
      let top = 0;
      for (let exit = 0; exit < exits; exit++) {
        top += card ? (card.exits[exit] ?? 0) / card.n : 0;
        columns.tops[exit].push(card ? Math.min(1, top) : null);
      }
    }
    return columns;
  }
}
