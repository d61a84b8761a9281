// @ts-check
/// <reference lib="dom" />
import { byId, setText } from "./dom.js";

/**
 * Why the page tells how to get in.
 * @typedef {"read_only" | "refused" | "bad_code" | "locked"} LoginNeed
 */

/** @type {Readonly<Record<LoginNeed, readonly [string, string]>>} */
const WORDS = {
  read_only: ["Read-only.", "To answer questions and allow hosts, run"],
  refused: ["Not done: Doorward wants a key for that.", "Run"],
  bad_code: ["That link has been used, or is too old.", "Run"],
  locked: ["Doorward shows nothing without a key.", "Run"],
};

/**
 * Says how to get in, or takes that away.
 * @param {LoginNeed | null} need
 */
export function showLogin(need) {
  const hint = byId("login-hint");
  // What is there already says more.
  if (need === "read_only" && !hint.hidden) return;
  hint.hidden = need === null;
  document.body.classList.toggle("locked", need === "locked");
  if (need === null) return;
  hint.dataset["need"] = need;
  setText(byId("login-title"), WORDS[need][0]);
  setText(byId("login-text"), WORDS[need][1]);
}
