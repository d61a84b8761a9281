// @ts-check
/// <reference lib="dom" />
import { byId } from "./dom.js";

/** Under this key a choice that differs from the system's is kept. */
const KEY = "doorward-theme";

/** Shows the page in the chosen theme, and lets the button change it. */
export function startTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const toggle = byId("theme", HTMLButtonElement);

  function isDark() {
    const chosen = document.documentElement.dataset["theme"];
    return chosen === undefined ? system.matches : chosen === "dark";
  }

  function show() {
    const chosen = localStorage.getItem(KEY);
    if (chosen === "dark" || chosen === "light") {
      document.documentElement.dataset["theme"] = chosen;
    } else delete document.documentElement.dataset["theme"];
    const other = isDark() ? "Light" : "Dark";
    toggle.textContent = other;
    toggle.title = `Switch to the ${other.toLowerCase()} theme`;
  }

  toggle.addEventListener("click", () => {
    localStorage.setItem(KEY, isDark() ? "light" : "dark");
    show();
  });
  system.addEventListener("change", show);
  show();
}
