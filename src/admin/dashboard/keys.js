// @ts-check
/// <reference lib="dom" />
import { byId } from "./dom.js";

/**
 * Listens to the keys of the page; where somebody types, a letter is a letter.
 * @param {{ togglePause: () => void, clearFilter: () => void }} actions
 */
export function startKeys({ togglePause, clearFilter }) {
  const dialog = byId("keys-dialog", HTMLDialogElement);
  const filter = byId("filter", HTMLInputElement);
  byId("keys").addEventListener("click", () => dialog.showModal());
  byId("keys-close").addEventListener("click", () => dialog.close());

  /** @type {Readonly<Record<string, () => void>>} */
  const actions = {
    "/": () => filter.focus(),
    "?": () => dialog.showModal(),
    p: togglePause,
    q: () => byId("questions-title").focus(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target === filter && event.key === "Escape") return clearFilter();
    if (isTyping(event.target) || document.querySelector("dialog[open]") !== null) return;
    if (!Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key]?.();
  });
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && target.matches("input, select, textarea");
}
