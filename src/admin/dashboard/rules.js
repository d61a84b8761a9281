// @ts-check
/// <reference lib="dom" />
import {
  button,
  byId,
  cell,
  element,
  exactLine,
  keepInLine,
  outside,
  part,
  setText,
} from "./dom.js";
import { confirmed } from "./dialog.js";
import { attempt, notify } from "./notices.js";
import { countWords, durationWords } from "./quantities.js";
import { printable } from "./printable.js";
import { configurationLine } from "./words.js";

/**
 * A rule in force.
 * @typedef {{
 *   readonly id: string | null, readonly list: "allow" | "deny", readonly pattern: string,
 *   readonly origin: string, readonly file: string, readonly line: number | null,
 *   readonly scope: import("./allow_menu.js").Scope, readonly expires_at: number | null,
 *   readonly hits: number,
 * }} Rule
 */

/** More rules than this on one page help nobody. */
const ROWS_MAX = 1000;

/** What a button adds for a while. */
const MINUTES = 10;

/**
 * The rules in force, and what changes them.
 * @param {import("./api.js").Api} api
 * @param {import("./clock.js").ProxyClock} clock
 */
export function rulesSection(api, clock) {
  /** @type {readonly Rule[]} */
  let rules = [];

  function show() {
    const runtime = rules.filter((rule) => rule.id !== null).length;
    setText(
      byId("rules-note"),
      `${countOf("allow")} allow, ${countOf("deny")} deny` +
        (runtime === 0 ? "" : `, ${runtime} of them not in the file`) +
        (rules.length > ROWS_MAX ? `; the first ${ROWS_MAX}` : ""),
    );
    byId("rules-empty").hidden = rules.length > 0;
    keepInLine(byId("rules"), rules.slice(0, ROWS_MAX), {
      key: (rule) => [rule.id, rule.list, rule.pattern, rule.file, rule.line].join(" "),
      make: (rule) => ruleRow(rule, remove),
      update: (row, rule) => update(row, rule, clock.now()),
    });
  }

  /** @param {"allow" | "deny"} list */
  function countOf(list) {
    return rules.filter((rule) => rule.list === list).length;
  }

  async function fetchRules() {
    const answer = /** @type {{ rules: Rule[] }} */ (await api.get("/patterns"));
    // Deny rules first: they are asked first. The order within a list is the proxy's.
    rules = [
      ...answer.rules.filter((rule) => rule.list === "deny"),
      ...answer.rules.filter((rule) => rule.list === "allow"),
    ];
    show();
  }

  /** @param {Rule} rule */
  async function remove({ list, pattern }) {
    if (list === "deny" && !await agreedToRemove(pattern)) return;
    await attempt(async () => {
      const path = `/${list}?host=${encodeURIComponent(pattern)}`;
      const { closed } = /** @type {{ closed?: number }} */ (await api.remove(path));
      notify(`Removed ${pattern}` + (closed ? `, and closed ${closed} connections` : ""));
      await fetchRules();
    });
  }

  /**
   * @param {"allow" | "deny"} list
   * @param {string} pattern
   * @param {import("./allow_menu.js").Scope} scope
   * @returns {Promise<boolean>}
   */
  async function add(list, pattern, scope) {
    const done = await attempt(async () => {
      const body = scope === "minutes"
        ? { host: pattern, scope, minutes: MINUTES }
        : { host: pattern, scope };
      const { changed } = /** @type {{ changed?: boolean }} */ (await api.post(`/${list}`, body));
      const word = list === "allow" ? "Allowed" : "Denied";
      notify(changed === false ? `${pattern} was there already` : `${word} ${pattern}`);
      await fetchRules();
      return true;
    });
    return done === true;
  }

  startForm(add);
  return { add, refresh: fetchRules, tick: show };
}

/** @param {string} pattern */
function agreedToRemove(pattern) {
  const body = [element("p", {}, "What it denies may pass from now on:"), exactLine(pattern)];
  return confirmed("Remove this deny rule?", body, "Remove");
}

/**
 * @param {(list: "allow" | "deny", pattern: string, scope: import("./allow_menu.js").Scope) =>
 *   Promise<boolean>} add
 */
function startForm(add) {
  const list = byId("add-list", HTMLSelectElement);
  const scope = byId("add-scope", HTMLSelectElement);
  const input = byId("add-pattern", HTMLInputElement);
  const minutes = /** @type {HTMLOptionElement} */ (scope.querySelector("[value=minutes]"));

  list.addEventListener("change", () => {
    // Nothing is denied for minutes: it would be loosened by the clock.
    minutes.disabled = minutes.hidden = list.value === "deny";
    if (minutes.disabled && scope.value === "minutes") scope.value = "run";
  });
  byId("add-rule").addEventListener("submit", async (event) => {
    event.preventDefault();
    const pattern = input.value.trim();
    const chosen = /** @type {import("./allow_menu.js").Scope} */ (scope.value);
    const which = list.value === "deny" ? "deny" : "allow";
    if (chosen === "always") {
      const line = exactLine(configurationLine(which, pattern));
      const body = [element("p", {}, "This line goes into the configuration file:"), line];
      if (!await confirmed("Write it for good?", body, "Write it")) return;
    }
    if (await add(which, pattern, chosen)) input.value = "";
  });
}

/**
 * @param {Rule} rule
 * @param {(rule: Rule) => void} remove
 */
function ruleRow(rule, remove) {
  const { id, list, pattern, origin } = rule;
  const verdict = list === "deny" ? "blocked" : "allowed";
  const row = element(
    "tr",
    { role: "row", "data-testid": "rule-row", "data-pattern": pattern, "data-list": list },
    cell("list", element("span", { class: `chip ${verdict}` }, list)),
    cell(
      "pattern",
      element("div", { class: "host" }, outside(pattern)),
      element("div", { class: "origin" }, outside(originWords(rule))),
    ),
    cell("scope"),
    cell("hits"),
    cell("actions"),
  );
  row.dataset["origin"] = origin;
  if (id !== null) {
    row.lastElementChild?.append(
      button("Remove", {
        "data-testid": "remove",
        class: list === "deny" ? "loosens" : "tightens",
        "aria-label": `Remove ${printable(pattern)}`,
      }, () => remove(rule)),
    );
  }
  return row;
}

/** @param {Rule} rule */
function originWords({ file, line }) {
  return line === null ? file : `${file}:${line}`;
}

/**
 * @param {HTMLElement} row
 * @param {Rule} rule
 * @param {number} now
 */
function update(row, { scope, expires_at, hits }, now) {
  const left = expires_at === null ? null : durationWords(expires_at - now);
  const words = left ?? (scope === "always" ? "always" : "this run");
  setText(part(row, ".scope"), words);
  setText(part(row, ".hits"), countWords(hits));
}
