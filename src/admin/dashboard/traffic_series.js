// @ts-check

/**
 * What happened in one second.
 * @typedef {{ readonly at: number, readonly requests: number, readonly blocked: number }} Second
 */

/** What the chart shows. */
export const SPAN_SECONDS = 300;

/**
 * One value for each of the last seconds, oldest first; a second that is not told of was silent.
 * @param {readonly Second[]} seconds
 * @param {number} now Unix seconds
 * @returns {{ requests: number[], blocked: number[] }}
 */
export function trafficSeries(seconds, now) {
  const requests = new Array(SPAN_SECONDS).fill(0);
  const blocked = new Array(SPAN_SECONDS).fill(0);
  const first = Math.floor(now) - SPAN_SECONDS + 1;
  for (const second of seconds) {
    const place = Math.floor(second.at) - first;
    if (place < 0 || place >= SPAN_SECONDS) continue;
    requests[place] += second.requests;
    blocked[place] += second.blocked;
  }
  return { requests, blocked };
}

/**
 * What the chart shows, for who does not see it.
 * @param {{ readonly requests: readonly number[], readonly blocked: readonly number[] }} series
 * @returns {string}
 */
export function trafficWords({ requests, blocked }) {
  const part = (/** @type {readonly number[]} */ values) =>
    `${values.reduce((sum, value) => sum + value, 0)}, at most ${Math.max(0, ...values)} a second`;
  return `The last five minutes. Requests: ${part(requests)}. Blocked: ${part(blocked)}.`;
}

/**
 * The outline of a series as the steps of a path.
 * @param {readonly number[]} values
 * @param {(index: number) => number} x
 * @param {(value: number) => number} y
 * @returns {string}
 */
export function outline(values, x, y) {
  const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`);
  return `M${points.join("L")}`;
}
