// @ts-check
import { endpointWords, reasonWords, verdictOf } from "./words.js";

/** As many decisions are kept to filter among; the rest is in the records of the proxy. */
const KEPT_MAX = 5000;

/**
 * A decision of the proxy, as an event tells it.
 * @typedef {{
 *   readonly at: number, readonly decision: string, readonly reason: string | null,
 *   readonly protocol: string, readonly host: string, readonly port: number,
 *   readonly method: string | null, readonly client: string | null, readonly rule: string | null,
 * }} DecisionEvent
 */

/**
 * A blocked request, as the list of them has it.
 * @typedef {{
 *   readonly seq: number, readonly timestamp: number, readonly decision: string,
 *   readonly reason: string, readonly protocol: string, readonly host: string,
 *   readonly port: number, readonly method: string | null, readonly client: string | null,
 * }} BlockedRecord
 */

/**
 * A row of the feed. `number` grows from row to row; those from before the page was opened are negative.
 * @typedef {Omit<DecisionEvent, "decision"> & {
 *   readonly number: number, readonly verdict: import("./words.js").Verdict,
 * }} Entry
 */

/** What the feed remembers: the decisions that came, and the blocked requests from before them. */
export class FeedStore {
  /** @type {Entry[]} newest last */
  #entries = [];
  /** @type {{ seq: number, entry: Entry }[]} newest last */
  #history = [];
  #next = 1;

  /** The number that the next decision gets. */
  get next() {
    return this.#next;
  }

  /**
   * Takes a decision that came.
   * @param {DecisionEvent} event
   */
  add(event) {
    this.#entries.push({ ...event, number: this.#next++, verdict: verdictOf(event.decision) });
    // Twice as many before any is thrown away: cutting at each one would copy all of them each time.
    if (this.#entries.length >= 2 * KEPT_MAX) this.#entries = this.#entries.slice(-KEPT_MAX);
  }

  /**
   * Takes the blocked requests of before, oldest first, in place of any that it had.
   * @param {readonly BlockedRecord[]} records
   */
  setHistory(records) {
    const kept = records.slice(-KEPT_MAX);
    this.#history = kept.map((record, index) => ({
      seq: record.seq,
      entry: {
        ...record,
        at: record.timestamp,
        rule: null,
        number: index - kept.length,
        verdict: verdictOf(record.decision),
      },
    }));
  }

  /**
   * Told that this blocked request came as an event too: it and later ones are no longer history.
   * @param {number} seq
   * @returns {boolean} whether the history changed
   */
  cameAsEvent(seq) {
    const before = this.#history.length;
    if ((this.#history.at(-1)?.seq ?? -1) < seq) return false;
    this.#history = this.#history.filter((old) => old.seq < seq);
    return this.#history.length !== before;
  }

  /** Forgets everything: another proxy answers. */
  clear() {
    this.#entries = [];
    this.#history = [];
  }

  /**
   * Rows that a filter lets through, newest first.
   * @param {(entry: Entry) => boolean} filter
   * @param {number} max
   * @param {number} [after] only those with a greater number
   * @returns {Entry[]}
   */
  newest(filter, max, after = -Infinity) {
    /** @type {Entry[]} */
    const found = [];
    for (let i = this.#entries.length - 1; i >= 0 && found.length < max; i--) {
      const entry = /** @type {Entry} */ (this.#entries[i]);
      if (entry.number <= after) return found;
      if (filter(entry)) found.push(entry);
    }
    for (let i = this.#history.length - 1; i >= 0 && found.length < max; i--) {
      const { entry } = /** @type {{ entry: Entry }} */ (this.#history[i]);
      if (entry.number <= after) return found;
      if (filter(entry)) found.push(entry);
    }
    return found;
  }
}

/**
 * Makes a filter out of what a person typed and chose.
 * @param {string} text every word of it must be somewhere in the row
 * @param {string} verdict `all`, or one of the verdicts
 * @returns {(entry: Entry) => boolean}
 */
export function feedFilter(text, verdict) {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return (entry) => {
    if (verdict !== "all" && entry.verdict !== verdict) return false;
    if (words.length === 0) return true;
    const row = searched(entry);
    return words.every((word) => row.includes(word));
  };
}

/** @param {Entry} entry */
function searched(entry) {
  const { host, port, method, reason, rule, client, protocol } = entry;
  const why = reason === null ? "" : `${reason} ${reasonWords(reason)}`;
  return [endpointWords(host, port), method, protocol, why, rule, client].join(" ").toLowerCase();
}
