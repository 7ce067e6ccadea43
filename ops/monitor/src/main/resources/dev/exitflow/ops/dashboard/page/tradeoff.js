// The picture in the trade-off panel: cost against agreement.
import { percent } from "./charts.js";

const SVG = "http://www.w3.org/2000/svg";
const LEFT = 38, RIGHT = 330, TOP = 10, BOTTOM = 124;
const LEGEND = { columns: [LEFT + 6, 186], top: BOTTOM + 34, row: 16 };

function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

/** The marks, drawn alike in the picture and in its legend. */
const MARKS = {
  chosen: (x, y) => [element("circle", { class: "chosen", cx: x, cy: y, r: 5 })],
  now: (x, y) => [element("circle", { class: "now", cx: x, cy: y, r: 6 })],
  live: (x, y, high = y - 6, low = y + 6) => [
    element("path", { class: "live", d: `M${x} ${low}V${high}` }),
    element("circle", { class: "live", cx: x, cy: y, r: 3 }),
  ],
};
const lineMark = (name) => (x, y) => [element("path", { class: name, d: `M${x - 8} ${y}H${x + 8}` })];

/**
 * Draws into an svg element.
 *
 * known has frontier and curve; now and chosen are points with cost and agreement, or null; live is what is measured, floor the
 * least agreement that is wanted, each null where not known.
 */
export function drawTradeoff(svg, { frontier, curve, now, chosen, live, floor }) {
  const all = [...frontier, ...curve].filter((point) => point.cost != null);
  svg.replaceChildren();
  svg.toggleAttribute("hidden", all.length === 0);
  if (!all.length) return;
  const costs = all.map((point) => point.cost);
  const measured = live?.agreement && live.cost != null ? live : null;
  const least = Math.min(...all.map((point) => point.agreement), measured?.agreement.share ?? 1, floor ?? 1);
  const low = Math.max(0, least - 0.01), cheap = Math.min(...costs) * 0.95, dear = Math.max(...costs, measured?.cost ?? 0) * 1.02;
  const x = (cost) => LEFT + ((Math.min(dear, Math.max(cheap, cost)) - cheap) / (dear - cheap)) * (RIGHT - LEFT);
  const y = (agreement) => BOTTOM - ((Math.max(low, agreement) - low) / (1 - low)) * (BOTTOM - TOP);
  const path = (points) => points.map((point, index) => `${index ? "L" : "M"}${x(point.cost).toFixed(1)} ${y(point.agreement).toFixed(1)}`).join("");
  const put = (name, attributes, text) => svg.append(element(name, attributes, text));
  put("path", { class: "axis", d: `M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}` });
  put("text", { x: LEFT - 4, y: y(1) + 4, "text-anchor": "end" }, "100%");
  put("text", { x: LEFT - 4, y: BOTTOM, "text-anchor": "end" }, percent(low, 0).replace("\u00a0", ""));
  put("text", { x: RIGHT, y: TOP + 16, "text-anchor": "end" }, "↑ agreement with the backbone");
  put("text", { x: LEFT, y: BOTTOM + 14 }, percent(cheap, 0));
  put("text", { x: RIGHT, y: BOTTOM + 14, "text-anchor": "end" }, "cost → " + percent(dear, 0));
  const legend = [];
  if (floor != null) {
    put("path", { class: "floor", d: `M${LEFT} ${y(floor)}H${RIGHT}` });
    put("text", { class: "floor", x: RIGHT, y: y(floor) - 4, "text-anchor": "end" }, "floor " + percent(floor, 0));
  }
  put("path", { class: "curve", d: path(curve) });
  put("path", { class: "frontier", d: path(frontier) });
  if (now?.cost != null) {
    svg.append(...MARKS.now(x(now.cost), y(now.agreement)));
    legend.push([MARKS.now, "in force, as predicted"]);
  }
  if (measured) {
    svg.append(...MARKS.live(x(live.cost), y(live.agreement.share), y(live.agreement.high), y(live.agreement.low)));
    legend.push([MARKS.live, "measured now"]);
  }
  if (chosen?.cost != null) {
    svg.append(...MARKS.chosen(x(chosen.cost), y(chosen.agreement)));
    legend.push([MARKS.chosen, "chosen, not applied"]);
  }
  if (frontier.length) legend.push([lineMark("frontier"), "best for its cost"]);
  if (curve.length) legend.push([lineMark("curve"), "one T for all exits"]);
  legend.forEach(([mark, text], index) => {
    const column = LEGEND.columns[index % 2], row = LEGEND.top + LEGEND.row * Math.floor(index / 2);
    svg.append(...mark(column, row - 4));
    put("text", { x: column + 14, y: row }, text);
  });
}
