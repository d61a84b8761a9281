// @ts-check
/// <reference lib="dom" />
import { confirmed } from "./dialog.js";
import { byId, element, outside, setText } from "./dom.js";
import { attempt, notify } from "./notices.js";
import { counted, countWords, durationWords, timeWords } from "./quantities.js";
import { printable } from "./printable.js";

/**
 * How the proxy is.
 * @typedef {{
 *   readonly status: "ok" | "degraded", readonly version: string, readonly generation: number,
 *   readonly mode: "full" | "limited", readonly enabled: boolean, readonly uptime_seconds: number,
 *   readonly loaded_at: number, readonly sources: readonly string[], readonly connections: number,
 *   readonly blocked_total: number,
 *   readonly fault: null | {
 *     readonly at: number, readonly message: string,
 *     readonly faults: readonly import("./api.js").Fault[],
 *   },
 * }} Health
 */

/** @type {Readonly<Record<import("./event_stream.js").LinkState, string>>} */
const STATES = {
  connecting: "connecting",
  live: "live",
  reconnecting: "reconnecting",
  gone: "proxy gone",
  crowded: "too many pages",
  locked: "locked",
};

/** More places than this are not mended at once. */
const FAULTS_MAX = 10;

/**
 * The bar on top, and the banners under it.
 * @param {import("./api.js").Api} api
 */
export function headerSection(api) {
  /** @type {Health | null} */
  let health = null;
  let fetchedAt = 0;
  /** @type {import("./event_stream.js").LinkState} */
  let link = "connecting";

  function showUptime() {
    if (health === null || link === "gone") return;
    const since = (performance.now() - fetchedAt) / 1000;
    setText(byId("uptime"), durationWords(health.uptime_seconds + since));
  }

  /** @param {Health} next */
  function show(next) {
    health = next;
    fetchedAt = performance.now();
    setText(byId("generation"), String(next.generation));
    byId("generation").title = `Read at ${timeWords(next.loaded_at)} from ` +
      next.sources.map(printable).join(", ");
    setText(byId("version"), next.version);
    setText(byId("connection-count"), countWords(next.connections));
    setText(byId("blocked-count"), countWords(next.blocked_total));
    showMode(next.mode);
    showFault(next);
    showUptime();
  }

  /** @param {"full" | "limited"} mode */
  async function choose(mode) {
    if (health === null || mode === health.mode) return;
    if (mode === "full" && !await agreedToFull()) return;
    await attempt(async () => {
      await api.post("/mode", { mode });
      notify(`The mode is ${mode} now`);
      show({ ...(/** @type {Health} */ (health)), mode });
    });
  }

  byId("mode-full").addEventListener("click", () => choose("full"));
  byId("mode-limited").addEventListener("click", () => choose("limited"));

  return {
    show,
    tick: showUptime,
    /** @param {import("./event_stream.js").LinkState} next */
    state(next) {
      // What was gone stays gone till it is back: a try in between is no news.
      if (link === "gone" && next === "connecting") return;
      link = next;
      const place = byId("state");
      setText(place, STATES[next]);
      place.dataset["state"] = next;
      document.body.classList.toggle("stale", next === "gone");
      showGone(next);
    },
  };
}

/** @param {import("./event_stream.js").LinkState} state */
function showGone(state) {
  const gone = byId("gone");
  if (state === "crowded") {
    setText(gone, "As many pages listen to Doorward as may: close one, and this one goes on.");
  } else if (state === "gone" && gone.hidden) {
    setText(
      gone,
      `Doorward does not answer. What you see is from before ${timeWords(Date.now() / 1000)}.`,
    );
  }
  gone.hidden = state !== "gone" && state !== "crowded";
}

function agreedToFull() {
  const text = "Tunnels and all methods pass from now on, if their host is allowed.";
  return confirmed("Switch to full mode?", [element("p", {}, text)], "Switch to full");
}

/** @param {"full" | "limited"} mode */
function showMode(mode) {
  for (const name of ["full", "limited"]) {
    byId(`mode-${name}`).setAttribute("aria-pressed", String(name === mode));
  }
}

/** @param {Health} health */
function showFault({ status, enabled, fault }) {
  const banner = byId("fault");
  banner.hidden = status !== "degraded" && enabled;
  if (banner.hidden) return;
  // Written once: what is there already is not read out again.
  const key = JSON.stringify([enabled, fault]);
  if (banner.dataset["fault"] === key) return;
  banner.dataset["fault"] = key;
  const parts = [];
  if (!enabled) {
    parts.push(element("p", {}, "The configuration says enabled = false: everything is blocked."));
  }
  if (fault !== null) parts.push(...faultParts(fault));
  banner.replaceChildren(...parts);
}

/** @param {NonNullable<Health["fault"]>} fault */
function faultParts({ at, message, faults }) {
  const rest = faults.length - FAULTS_MAX;
  return [
    element(
      "p",
      {},
      element("strong", {}, "The last reload failed."),
      ` The policy from before is still in force. ${timeWords(at)}: `,
      outside(message),
    ),
    element(
      "ul",
      {},
      ...faults.slice(0, FAULTS_MAX).map((found) =>
        element(
          "li",
          {},
          element("code", {}, outside(placeWords(found))),
          " ",
          outside(found.message),
        )
      ),
      ...(rest > 0 ? [element("li", {}, `and ${counted(rest, "more fault")}`)] : []),
    ),
  ];
}

/** @param {import("./api.js").Fault} fault */
function placeWords({ file, line, column }) {
  return [file, line, column].filter((part) => part !== null).join(":");
}
