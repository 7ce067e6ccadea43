// The charts, drawn with uPlot from arrays with one place for each second.
import uPlot from "./uplot.js";

// A number and its unit stay on one line.
const percent = (share, digits = 1) => (share == null ? "–" : (100 * share).toFixed(digits) + "\u00a0%");
const number = (value) => (value == null ? "–" : Math.round(value).toLocaleString("en"));
const short = new Intl.NumberFormat("en", { notation: "compact" });
const millis = (value) => (value == null ? "–" : value >= 1000 ? (value / 1000).toFixed(1) + "\u00a0s" : value.toFixed(0) + "\u00a0ms");
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** From green, cheap, to violet, the backbone's. */
export function exitColour(exit, exits) {
  const share = exits < 2 ? 0 : exit / (exits - 1);
  return `hsl(${Math.round(155 + 120 * share)} ${css("--exit-saturation")} ${css("--exit-lightness")})`;
}

export const exitName = (exit, exits) => (exit === exits - 1 ? "backbone" : "exit " + exit);

/**
 * Puts marks together whose names would overprint each other: v3, v4 and v5 become v3–v5.
 *
 * marks have x and name, from left to right; widthOf measures a name. Each group has the x of all its marks, a label, and where that begins: right
 * of the last mark, or left of the first one where it would leave the chart.
 */
export function groupMarks(marks, widthOf, right, gap = 4) {
  const place = (group) => {
    const names = group.names;
    const label = names.length === 1 ? names[0] : `${names[0]}–${names.at(-1)}`;
    const width = widthOf(label);
    const after = group.xs.at(-1) + gap;
    const left = after + width <= right ? after : group.xs[0] - gap - width;
    return { ...group, label, left, end: left + width };
  };
  const groups = [];
  for (const { x, name } of marks) {
    let group = place({ xs: [x], names: [name] });
    while (groups.length && Math.min(group.left, group.xs[0]) < groups.at(-1).end + gap) {
      const before = groups.pop();
      group = place({ xs: [...before.xs, ...group.xs], names: [...before.names, ...group.names] });
    }
    groups.push(group);
  }
  return groups;
}

/** Dashed lines where the policy changed. */
function markers(state) {
  return {
    hooks: {
      draw: [
        (plot) => {
          const { ctx, bbox } = plot;
          ctx.save();
          ctx.strokeStyle = css("--text");
          ctx.fillStyle = css("--text");
          ctx.globalAlpha = 0.75;
          ctx.textAlign = "left";
          ctx.font = 10 * devicePixelRatio + "px system-ui, sans-serif";
          ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
          const right = bbox.left + bbox.width;
          const marks = state.changes
            .map(({ at, name }) => ({ x: plot.valToPos(at / 1000, "x", true), name }))
            .filter(({ x }) => x >= bbox.left && x <= right);
          for (const group of groupMarks(marks, (text) => ctx.measureText(text).width, right, 3 * devicePixelRatio)) {
            for (const x of group.xs) {
              ctx.beginPath();
              ctx.moveTo(x, bbox.top);
              ctx.lineTo(x, bbox.top + bbox.height);
              ctx.stroke();
            }
            ctx.fillText(group.label, group.left, bbox.top + 10 * devicePixelRatio);
          }
          ctx.restore();
        },
      ],
    },
  };
}

/** Hours and minutes, and seconds where the marks are closer. */
function clock() {
  return {
    ...axis(30),
    values: (plot, ticks, axisIndex, space, step) =>
      ticks.map((at) => new Date(1000 * at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false, ...(step < 60 ? { second: "2-digit" } : {}) })),
    space: 64,
  };
}

function axis(size, values) {
  return {
    stroke: css("--soft"),
    grid: { stroke: css("--grid"), width: 1 },
    ticks: { stroke: css("--grid"), width: 1 },
    font: "11px system-ui, sans-serif",
    size,
    ...(values ? { values: (plot, ticks) => ticks.map(values) } : {}),
  };
}

const line = (label, colour, value, more = {}) => ({
  label,
  stroke: colour,
  width: 1.75,
  points: { show: false },
  value: (plot, at) => value(at),
  ...more,
});

const upwards = (plot, low, high) => [0, Math.max(high ?? 1, 1e-9) * 1.08];

/** What an answer at an exit costs, where the model's bundle is known; the backbone's depends on how many exits' heads ran before. */
function cost(exit, exits, state) {
  const share = state.models.get(state.model)?.exitCosts?.[exit];
  return share == null ? "" : `, cost ${exit === exits - 1 && share > 1 ? "up to " : ""}${percent(share, 0)}`;
}

/** From a round share below all that is measured and the floor, up to 100 %. */
export function agreementRange(shares, floor) {
  const least = shares.reduce((low, share) => (share == null ? low : Math.min(low, share)), floor ?? 1);
  return [Math.max(0, Math.min(0.9, Math.floor(20 * (least - 0.005)) / 20)), 1];
}

/** What each chart is: its series and scales for a model with so many exits. */
const KINDS = {
  exits: (exits, state) => ({
    height: 210,
    scales: { y: { range: [0, 1] } },
    axes: [clock(), axis(48, (tick) => Math.round(100 * tick) + " %")],
    // Each is drawn up to the sum of its own and all earlier exits' shares, the last one first, under the others.
    series: Array.from({ length: exits }, (_, index) => {
      const exit = exits - 1 - index;
      return {
        label: exitName(exit, exits) + cost(exit, exits, state),
        stroke: exitColour(exit, exits),
        fill: exitColour(exit, exits),
        width: 0,
        points: { show: false },
        value: (plot, top, series, place) => {
          const below = exit === 0 ? 0 : plot.data[series + 1]?.[place];
          return top == null || below == null ? "–" : percent(top - below);
        },
      };
    }),
  }),
  rate: () => ({
    scales: { y: { range: upwards }, waiting: { range: upwards } },
    axes: [clock(), axis(48, (tick) => short.format(tick)), { ...axis(52, (tick) => short.format(tick)), scale: "waiting", side: 1, grid: { show: false } }],
    series: [
      line("answered", css("--first"), number),
      line("waiting (right axis)", css("--second"), number, { scale: "waiting" }),
    ],
  }),
  latency: () => ({
    scales: { y: { range: upwards } },
    axes: [clock(), axis(68, millis)],
    series: [line("median", css("--first"), millis), line("p99", css("--second"), millis)],
  }),
  saved: () => ({
    scales: { y: { range: (plot, low, high) => [Math.min(0, low ?? 0), Math.max(0.1, (high ?? 0) * 1.08)] } },
    axes: [clock(), axis(48, (tick) => Math.round(100 * tick) + " %")],
    series: [line("FLOPs saved", css("--first"), percent, { fill: css("--band") })],
  }),
  agreement: (exits, state) => ({
    scales: {
      y: { range: (plot) => agreementRange(plot.data[3] ?? [], state.floor) },
    },
    axes: [clock(), axis(52, (tick) => Math.round(100 * tick) + " %")],
    series: [
      line("low", "transparent", percent),
      line("high", "transparent", percent),
      line("agreement", css("--first"), percent, {
        value: (plot, at, series, place) =>
          at == null ? "–" : `${percent(at)} (${percent(plot.data[1][place])} to ${percent(plot.data[2][place])})`,
      }),
      ...(state.floor == null ? [] : [line("floor", css("--floor"), percent, { dash: [6, 4], width: 1.25 })]),
    ],
    bands: [{ series: [2, 1], fill: css("--band") }],
  }),
};

/** All charts of the page; state has changes and floor, and is read whenever they are drawn. */
export class Charts {
  constructor(state) {
    this.state = state;
    this.plots = {};
    this.observer = new ResizeObserver(() => this.resize());
    for (const kind of Object.keys(KINDS)) this.observer.observe(this.element(kind));
  }

  element(kind) {
    return document.getElementById("chart-" + kind);
  }

  /** Makes all charts anew: for another model, or another theme. */
  rebuild(exits) {
    for (const [kind, make] of Object.entries(KINDS)) {
      this.plots[kind]?.destroy();
      const element = this.element(kind);
      const { series, scales, height = 170, ...rest } = make(exits, this.state);
      this.plots[kind] = new uPlot(
        {
          width: element.clientWidth,
          height,
          cursor: { sync: { key: "exitflow" }, drag: { x: false, y: false } },
          legend: { live: true },
          plugins: [markers(this.state)],
          scales: { x: { time: true }, ...scales },
          series: [{ label: "at", value: (plot, at) => (at == null ? "–" : new Date(1000 * at).toLocaleTimeString([], { hour12: false })) }, ...series],
          ...rest,
        },
        [[], ...series.map(() => [])],
        element,
      );
      element.style.height = "auto";
    }
  }

  resize() {
    for (const [kind, plot] of Object.entries(this.plots)) {
      const width = this.element(kind).clientWidth;
      if (width > 0 && width !== plot.width) plot.setSize({ width, height: plot.height });
    }
  }

  /** Draws seconds; columns is made by seconds.js's columns(). */
  draw(columns) {
    const range = { min: columns.times[0], max: columns.times[columns.times.length - 1] };
    const data = {
      exits: [...columns.tops].reverse(),
      rate: [columns.rate, columns.backlog],
      latency: [columns.p50, columns.p99],
      saved: [columns.saved],
      agreement: [columns.low, columns.high, columns.agreement, ...(this.state.floor == null ? [] : [columns.floor])],
    };
    for (const [kind, plot] of Object.entries(this.plots)) {
      plot.setData([columns.times, ...data[kind]], false);
      this.element(kind).dataset.points = (kind === "agreement" ? columns.agreement : data[kind].at(-1)).filter((value) => value != null).length;
      plot.batch(() => {
        for (const scale of Object.keys(plot.scales)) if (scale !== "x") plot.setScale(scale, { min: null, max: null });
        plot.setScale("x", range);
      });
      // Nobody points at a second: the legend says the last one that is known.
      if (plot.cursor.idx == null) plot.setLegend({ idx: Math.max(0, columns.p50.findLastIndex((value) => value != null)) }, false);
    }
  }

  describe(kind, text) {
    this.element(kind).setAttribute("aria-label", text);
  }
}

export { css, millis, number, percent };
