// @ts-check
/// <reference lib="dom" />
import { byId, drawn, element, hostName, keepInLine, part, setText } from "./dom.js";
import { axisTop, countWords } from "./quantities.js";
import { outline, SPAN_SECONDS, trafficSeries, trafficWords } from "./traffic_series.js";

/**
 * @typedef {{ readonly host: string, readonly requests: number, readonly blocked: number }} HostCount
 */

/**
 * @typedef {{
 *   readonly now: number, readonly seconds: readonly import("./traffic_series.js").Second[],
 *   readonly hosts: readonly HostCount[],
 * }} Stats
 */

/** As many hosts stand beside the chart without making it taller. */
const HOSTS_MAX = 7;

/** Narrower than this, the minutes do not all fit under the chart. */
const NARROW = 420;

const LEFT = 40;
const RIGHT = 10;
const TOP = 10;
const BOTTOM = 22;

/**
 * What went through in the last minutes, drawn.
 * @returns {{ show: (stats: Stats) => void }}
 */
export function trafficSection() {
  const place = byId("traffic");
  /** @type {Stats | null} */
  let last = null;
  let size = { width: 0, height: 0 };

  function draw() {
    if (last === null || size.width === 0) return;
    place.replaceChildren(chart(last, size));
  }

  new ResizeObserver(() => {
    // Drawn in real pixels: a drawing that is stretched has stretched letters.
    size = { width: place.clientWidth, height: place.clientHeight };
    draw();
  }).observe(place);

  return {
    show(stats) {
      last = stats;
      draw();
      showHosts(stats.hosts);
    },
  };
}

/**
 * @param {Stats} stats
 * @param {{ readonly width: number, readonly height: number }} size
 */
function chart(stats, { width, height }) {
  const series = trafficSeries(stats.seconds, stats.now);
  const top = axisTop(Math.max(...series.requests, ...series.blocked));
  const x = (/** @type {number} */ index) =>
    LEFT + index / (SPAN_SECONDS - 1) * (width - LEFT - RIGHT);
  const y = (/** @type {number} */ value) =>
    height - BOTTOM - value / top * (height - TOP - BOTTOM);
  const floor = `L${x(SPAN_SECONDS - 1)},${y(0)}L${x(0)},${y(0)}Z`;
  const requests = outline(series.requests, x, y);
  const blocked = outline(series.blocked, x, y);
  return drawn(
    "svg",
    { width, height, role: "img", "aria-label": trafficWords(series) },
    ...[0, top / 2, top].flatMap((value) => levelLine(value, y(value), width)),
    ...(width < NARROW ? [4, 2, 0] : [5, 4, 3, 2, 1, 0]).map((minutes) =>
      minuteMark(minutes, x(Math.max(0, SPAN_SECONDS - 1 - minutes * 60)), height)
    ),
    drawn("path", { class: "area requests", d: requests + floor }),
    drawn("path", { class: "line requests", d: requests }),
    drawn("path", { class: "area blocked", d: blocked + floor }),
    drawn("path", { class: "line blocked", d: blocked }),
  );
}

/**
 * @param {number} value
 * @param {number} y
 * @param {number} width
 */
function levelLine(value, y, width) {
  return [
    drawn("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y, y2: y }),
    drawn("text", { class: "tick", x: LEFT - 6, y: y + 4, "text-anchor": "end" }, axisWords(value)),
  ];
}

/** @param {number} value */
function axisWords(value) {
  return value >= 10_000 ? `${value / 1000}k` : String(value);
}

/**
 * @param {number} minutes
 * @param {number} x
 * @param {number} height
 */
function minuteMark(minutes, x, height) {
  const anchor = minutes === 0 ? "end" : minutes === 5 ? "start" : "middle";
  return drawn(
    "text",
    { class: "tick", x, y: height - 6, "text-anchor": anchor },
    minutes === 0 ? "now" : `−${minutes} min`,
  );
}

/** @param {readonly HostCount[]} hosts */
function showHosts(hosts) {
  const busiest = hosts.slice(0, HOSTS_MAX);
  const most = Math.max(1, ...busiest.map((host) => host.requests));
  byId("hosts").classList.toggle("empty", busiest.length === 0);
  keepInLine(byId("hosts"), busiest, {
    key: ({ host }) => host,
    make: ({ host }) =>
      element(
        "li",
        {},
        element("span", { class: "name" }, hostName(host)),
        element("span", { class: "numbers" }),
        element(
          "span",
          { class: "bars", "aria-hidden": "true" },
          element("span", { class: "requests" }),
          element("span", { class: "blocked" }),
        ),
      ),
    update: (row, host) => updateHost(row, host, most),
  });
}

/**
 * @param {HTMLElement} row
 * @param {HostCount} host
 * @param {number} most
 */
function updateHost(row, { requests, blocked }, most) {
  const words = countWords(requests) +
    (blocked === 0 ? "" : blocked === requests ? ", blocked" : `, ${countWords(blocked)} blocked`);
  setText(part(row, ".numbers"), words);
  part(row, ".bars .requests").style.width = `${(requests - blocked) / most * 100}%`;
  part(row, ".bars .blocked").style.width = `${blocked / most * 100}%`;
}
