// @ts-check
/// <reference lib="dom" />
import { button, byId, element, exactLine, hostName } from "./dom.js";
import { configurationLine, exactPattern } from "./words.js";

/**
 * For how long a rule is to hold.
 * @typedef {"minutes" | "run" | "always"} Scope
 */

/** The gap between a menu and the edge of the window. */
const MARGIN = 8;

/**
 * The menu under the Allow button of a blocked request. It names the host once more: the row may have
 * moved under the pointer.
 * @param {(pattern: string, scope: Scope) => void} chosen
 */
export function allowMenu(chosen) {
  const menu = byId("allow-menu");
  return {
    isOpen: () => menu.matches(":popover-open"),
    /**
     * @param {import("./feed_store.js").Entry} entry
     * @param {HTMLElement} from
     */
    open({ protocol, host, port }, from) {
      const pattern = exactPattern(protocol, host, port);
      /** @param {Scope} scope */
      const choose = (scope) => {
        menu.hidePopover();
        chosen(pattern, scope);
      };
      menu.replaceChildren(
        element("p", { class: "about" }, "Allow ", hostName(host, `:${port}`)),
        button("For 10 minutes", { "data-testid": "row-allow-minutes" }, () => choose("minutes")),
        button("For this run", { "data-testid": "row-allow-run" }, () => choose("run")),
        button("Always…", { "data-testid": "row-allow-always" }, () => {
          menu.replaceChildren(...sure(pattern, () => choose("always"), () => menu.hidePopover()));
          menu.focus();
        }),
      );
      menu.showPopover();
      placeUnder(menu, from);
      menu.focus();
    },
  };
}

/**
 * @param {string} pattern
 * @param {() => void} agreed
 * @param {() => void} back
 */
function sure(pattern, agreed, back) {
  return [
    element("p", { class: "about" }, "This line goes into the configuration file:"),
    exactLine(configurationLine("allow", pattern)),
    element(
      "div",
      { class: "choices" },
      button("Cancel", {}, back),
      button("Write it", { class: "loosens", "data-testid": "row-allow-confirm" }, agreed),
    ),
  ];
}

/**
 * @param {HTMLElement} menu
 * @param {HTMLElement} from
 */
function placeUnder(menu, from) {
  const { bottom, top, right } = from.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = bottom + 4;
  const fits = below + height + MARGIN <= innerHeight;
  const left = Math.min(right - width, innerWidth - width - MARGIN);
  menu.style.left = `${Math.max(MARGIN, left)}px`;
  menu.style.top = `${Math.max(MARGIN, fits ? below : top - height - 4)}px`;
}
