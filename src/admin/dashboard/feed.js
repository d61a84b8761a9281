// @ts-check
/// <reference lib="dom" />
import { byId, setText } from "./dom.js";
import { feedRow } from "./feed_row.js";
import { feedFilter, FeedStore } from "./feed_store.js";
import { counted } from "./quantities.js";

/** @typedef {import("./feed_store.js").Entry} Entry */

/**
 * What the buttons of a row do.
 * @typedef {{
 *   readonly allow: (entry: Entry, opener: HTMLElement) => void,
 *   readonly deny: (entry: Entry) => void,
 *   readonly isMenuOpen: () => boolean,
 * }} RowActions
 */

/** More rows than anybody scrolls through; what is older can be found by the filter. */
const ROWS_MAX = 500;

/** Rows that come faster than this cannot be read anyway. */
const SHOW_EVERY_MS = 100;

/** Showing may take this part of the time at most: the rest is for whoever uses the page. */
const SHARE_OF_TIME = 1 / 8;

/** The list stands still so long after a pointer has moved over it, so that it hits what it aims at. */
const AIMING_MS = 1_500;

/** The live list of decisions. Whatever comes is shown with the next frame that has time for it. */
export class Feed {
  #store = new FeedStore();
  #body = byId("feed");
  /** @type {RowActions} */
  #actions;
  /** @type {WeakMap<Element, Entry>} */
  #entryOf = new WeakMap();
  #filter = feedFilter("", "all");
  #isPaused = false;
  #isFrameAsked = false;
  /** Whether all rows are to be made anew. */
  #isStale = false;
  /** The number of the last decision that has been shown, or filtered out. */
  #shownUpTo = 0;
  #lost = 0;
  #nextShowAt = 0;
  #aimedAt = -Infinity;

  /** @param {RowActions} actions */
  constructor(actions) {
    this.#actions = actions;
    const aim = () => this.#aimedAt = performance.now();
    this.#body.addEventListener("pointermove", aim);
    this.#body.addEventListener("pointerdown", aim);
    this.#body.addEventListener("click", ({ target }) => this.#press(target));
    byId("filter").addEventListener("input", () => this.#applyFilter());
    byId("verdict-filter").addEventListener("change", () => this.#applyFilter());
    byId("pause").addEventListener("click", () => this.togglePause());
  }

  /**
   * Takes a decision.
   * @param {import("./feed_store.js").DecisionEvent} event
   */
  decision(event) {
    this.#store.add(event);
    this.#wake();
  }

  /**
   * Takes the record of a blocked request, whose decision comes too.
   * @param {{ readonly blocked_seq: number }} event
   */
  blocked({ blocked_seq }) {
    if (this.#store.cameAsEvent(blocked_seq)) this.#redraw();
  }

  /**
   * Takes the requests that were blocked before, oldest first.
   * @param {readonly import("./feed_store.js").BlockedRecord[]} records
   */
  history(records) {
    this.#store.setHistory(records);
    this.#redraw();
  }

  /**
   * Told that events did not reach the page.
   * @param {number} count
   */
  lost(count) {
    this.#lost += count;
    this.#wake();
  }

  /** Forgets all decisions: another proxy made them. */
  clear() {
    this.#store.clear();
    this.#redraw();
  }

  /** Stops the list, or lets it go on. */
  togglePause() {
    this.#isPaused = !this.#isPaused;
    const toggle = byId("pause", HTMLButtonElement);
    toggle.setAttribute("aria-pressed", String(this.#isPaused));
    toggle.textContent = this.#isPaused ? "Go on" : "Pause";
    this.#wake();
  }

  /** Shows all again. */
  clearFilter() {
    byId("filter", HTMLInputElement).value = "";
    this.#applyFilter();
  }

  #applyFilter() {
    const text = byId("filter", HTMLInputElement).value;
    this.#filter = feedFilter(text, byId("verdict-filter", HTMLSelectElement).value);
    this.#redraw();
  }

  #redraw() {
    this.#isStale = true;
    this.#wake();
  }

  #wake() {
    if (this.#isFrameAsked) return;
    this.#isFrameAsked = true;
    requestAnimationFrame((at) => this.#frame(at));
  }

  /** @param {number} at */
  #frame(at) {
    this.#isFrameAsked = false;
    const hasTime = at >= this.#nextShowAt && !this.#isPaused && !this.#isHeld();
    if (this.#isStale || (this.#missed() > 0 && hasTime)) {
      const started = performance.now();
      this.#show();
      this.#body.getBoundingClientRect(); // Lays the rows out now: that is most of what they cost.
      const took = performance.now() - started;
      this.#nextShowAt = at + Math.max(SHOW_EVERY_MS, took / SHARE_OF_TIME);
    }
    this.#note();
    if (this.#missed() > 0 && !this.#isPaused) this.#wake();
  }

  #missed() {
    return this.#store.next - 1 - this.#shownUpTo;
  }

  /** Whether somebody is about to press something in it. */
  #isHeld() {
    return this.#actions.isMenuOpen() || performance.now() - this.#aimedAt < AIMING_MS ||
      this.#body.querySelector(":focus-visible") !== null;
  }

  #show() {
    const upTo = this.#isPaused ? this.#shownUpTo : this.#store.next - 1;
    const after = this.#isStale ? -Infinity : this.#shownUpTo;
    const wanted = (/** @type {Entry} */ entry) => entry.number <= upTo && this.#filter(entry);
    const rows = this.#store.newest(wanted, ROWS_MAX, after).map((entry) => {
      const row = feedRow(entry);
      this.#entryOf.set(row, entry);
      return row;
    });
    if (this.#isStale || rows.length === ROWS_MAX) this.#body.replaceChildren(...rows);
    else this.#body.prepend(...rows);
    while (this.#body.children.length > ROWS_MAX) this.#body.lastElementChild?.remove();
    this.#shownUpTo = upTo;
    this.#isStale = false;
    this.#showEmpty();
  }

  #showEmpty() {
    const empty = byId("feed-empty");
    empty.hidden = this.#body.children.length > 0;
    const hasAny = this.#store.newest(() => true, 1).length > 0;
    setText(
      empty,
      hasAny ? "Nothing that is kept matches." : "Nothing has asked for the network yet.",
    );
  }

  #note() {
    const missed = this.#missed();
    const parts = [];
    if (this.#isPaused) {
      parts.push(missed === 0 ? "paused" : `paused, ${counted(missed, "decision")} since`);
    } else if (missed > 0 && this.#isHeld()) {
      parts.push(`${counted(missed, "decision")} more in a moment`);
    }
    if (this.#lost > 0) parts.push(`${counted(this.#lost, "event")} came too fast and got lost`);
    setText(byId("feed-note"), parts.join(" · "));
  }

  /** @param {EventTarget | null} target */
  #press(target) {
    if (!(target instanceof Element)) return;
    const pressed = target.closest("button");
    const row = target.closest("tr");
    const entry = row === null ? undefined : this.#entryOf.get(row);
    if (pressed === null || entry === undefined) return;
    if (pressed.dataset["act"] === "allow") this.#actions.allow(entry, pressed);
    else this.#actions.deny(entry);
  }
}
