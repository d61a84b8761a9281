// @ts-check
/// <reference lib="dom" />
import { button, byId, element, outside } from "./dom.js";

/** More at once cover the page. */
const NOTICES_MAX = 3;

const SHOWN_MS = 6_000;

/** What went wrong stays longer: it is read twice. */
const ERROR_SHOWN_MS = 15_000;

/**
 * Says in a corner what has been done, or could not be.
 * @param {string} text may hold text from outside
 * @param {"done" | "error"} [kind]
 */
export function notify(text, kind = "done") {
  const place = byId("notices");
  const notice = element("div", { class: `notice ${kind}`, "data-testid": `notice-${kind}` });
  const close = button("×", { "aria-label": "Close the notice" }, () => notice.remove());
  notice.append(outside(text), close);
  place.append(notice);
  while (place.children.length > NOTICES_MAX) place.firstElementChild?.remove();
  setTimeout(() => notice.remove(), kind === "error" ? ERROR_SHOWN_MS : SHOWN_MS);
}

/**
 * Does something, and says so when it could not be done.
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<T | null>} null when it could not be done
 */
export async function attempt(act) {
  try {
    return await act();
  } catch (error) {
    notify(error instanceof Error ? error.message : String(error), "error");
    return null;
  }
}
