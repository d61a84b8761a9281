// @ts-check
/// <reference lib="dom" />
import { cell, element, hostName, outside } from "./dom.js";
import { printable } from "./printable.js";
import { timeWords } from "./quantities.js";
import { protocolWords, reasonWords, whyNoAllow } from "./words.js";

/** @typedef {import("./feed_store.js").Entry} Entry */

/**
 * A row of the feed. What is pressed in it is listened to by the table: a row costs no closures.
 * @param {Entry} entry
 * @returns {HTMLTableRowElement}
 */
export function feedRow(entry) {
  const { at, verdict, method, host, port, protocol, reason, rule, client } = entry;
  return element(
    "tr",
    { role: "row", "data-testid": "feed-row", "data-host": host, "data-verdict": verdict },
    cell("time", timeWords(at)),
    cell("verdict", element("span", { class: `chip ${verdict}` }, verdict)),
    cell("method", outside(method ?? "")),
    cell("target", hostName(host, port === 0 ? "" : `:${port}`)),
    cell("protocol", protocolWords(printable(protocol))),
    cell("why", ...why(reason, rule)),
    cell("client", outside(client ?? "")),
    cell("actions", ...actions(entry)),
  );
}

/**
 * @param {string | null} reason
 * @param {string | null} rule
 */
function why(reason, rule) {
  const words = reason === null ? [] : [reasonWords(printable(reason))];
  return rule === null ? words : [...words, element("span", { class: "rule" }, outside(rule))];
}

/** @param {Entry} entry */
function actions({ verdict, reason, port }) {
  if (verdict === "allowed") return [];
  if (port === 0) {
    return [explained("Only allow_unix_sockets in the configuration file allows a unix socket")];
  }
  const useless = reason === null ? null : whyNoAllow(reason);
  const deny = element("button", { type: "button", class: "tightens", "data-act": "deny" }, "Deny");
  deny.dataset["testid"] = "row-deny";
  if (useless !== null) {
    return reason === "denied" ? [explained(useless)] : [explained(useless), deny];
  }
  const allow = element(
    "button",
    { type: "button", class: "loosens", "data-act": "allow", "aria-haspopup": "dialog" },
    "Allow…",
  );
  allow.dataset["testid"] = "row-allow";
  return [allow, deny];
}

/** Why there is no button. @param {string} why */
function explained(why) {
  return element(
    "span",
    { class: "cannot", title: why },
    element("span", { "aria-hidden": "true" }, "i"),
    element("span", { class: "unseen" }, why),
  );
}
