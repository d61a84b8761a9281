// @ts-check
/// <reference lib="dom" />
import { ApiError } from "./api.js";
import { eventReader } from "./sse.js";

/**
 * How the page stands with the proxy.
 * @typedef {"connecting" | "live" | "reconnecting" | "gone" | "crowded" | "locked"} LinkState
 */

/** What the page asks for; `dropped` comes unasked. Connections are polled: there may be thousands. */
const TYPES = "decision,blocked,pending,reload,mode,rule";

/** A comment comes every 15 seconds: after twice that and some, nobody is there. */
const SILENCE_MS = 40_000;

const BACK_OFF_FIRST_MS = 500;

/** Longer than this, and a person would reload the page instead. */
const BACK_OFF_LAST_MS = 8_000;

/** So many failures in a row are no accident. */
const FAILURES_TILL_GONE = 3;

/**
 * Listens to the proxy for ever: reconnects where the last event ended, waiting longer each time.
 * @param {import("./api.js").Api} api
 * @param {{
 *   opening: () => Promise<boolean>, state: (state: LinkState) => void,
 *   event: (type: string, data: unknown) => void,
 * }} told `opening` comes before each connection: it fetches everything, and says whether this is
 *   still the proxy that it was
 * @returns {Promise<void>}
 */
export async function listenToEvents(api, told) {
  let lastId = "";
  let failures = 0;
  for (;;) {
    try {
      if (!await told.opening()) lastId = "";
      await listenOnce(api, lastId, (event) => {
        lastId = event.id;
        told.event(event.type, JSON.parse(event.data));
      }, () => {
        failures = 0;
        told.state("live");
      });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return told.state("locked");
      failures++;
      told.state(stateAfter(error, failures));
    }
    await pause(Math.min(BACK_OFF_FIRST_MS * 2 ** Math.max(0, failures - 1), BACK_OFF_LAST_MS));
  }
}

/**
 * @param {import("./api.js").Api} api
 * @param {string} lastId
 * @param {(event: import("./sse.js").ServerEvent) => void} told
 * @param {() => void} opened
 */
async function listenOnce(api, lastId, told, opened) {
  const abort = new AbortController();
  let watch = setTimeout(() => abort.abort(), SILENCE_MS);
  try {
    /** @type {Record<string, string>} */
    const headers = lastId === "" ? {} : { "last-event-id": lastId };
    const after = lastId === "" ? "0" : encodeURIComponent(lastId);
    const path = `/events?after=${after}&types=${TYPES}`;
    const response = await api.stream(path, headers, abort.signal);
    if (response.body === null) throw new Error("Cannot listen: the answer has no body");
    opened();
    const take = eventReader(told);
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw new Error("Cannot listen any longer: the proxy ended the stream");
      clearTimeout(watch);
      watch = setTimeout(() => abort.abort(), SILENCE_MS);
      take(decoder.decode(value, { stream: true }));
    }
  } finally {
    clearTimeout(watch);
    abort.abort();
  }
}

/**
 * @param {unknown} error
 * @param {number} failures
 * @returns {LinkState}
 */
function stateAfter(error, failures) {
  if (error instanceof ApiError && error.status === 429) return "crowded";
  return failures >= FAILURES_TILL_GONE ? "gone" : "reconnecting";
}

/** @param {number} ms */
function pause(ms) {
  // Not all pages at once when the proxy comes back.
  return new Promise((resolve) => setTimeout(resolve, ms * (0.75 + Math.random() / 2)));
}
