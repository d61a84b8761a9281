// @ts-check
/// <reference lib="dom" />
import { byId } from "./dom.js";

/**
 * Asks once more before something is loosened. What is focused at first is the way back.
 * @param {string} title
 * @param {readonly (Node | string)[]} body
 * @param {string} yes the word on the button that does it
 * @returns {Promise<boolean>}
 */
export function confirmed(title, body, yes) {
  const dialog = byId("confirm", HTMLDialogElement);
  const agree = byId("confirm-yes", HTMLButtonElement);
  const back = byId("confirm-no", HTMLButtonElement);
  if (dialog.open) return Promise.resolve(false);
  byId("confirm-title").textContent = title;
  byId("confirm-body").replaceChildren(...body);
  agree.textContent = yes;
  return new Promise((resolve) => {
    agree.onclick = () => dialog.close("yes");
    back.onclick = () => dialog.close("no");
    // Escape closes too, and leaves the value that was there.
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
}
