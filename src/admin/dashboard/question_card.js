// @ts-check
/// <reference lib="dom" />
import { button, element, exactLine, hostName, outside, part, setText } from "./dom.js";
import { shownHost } from "./printable.js";
import { durationWords } from "./quantities.js";
import { configurationLine, protocolWords } from "./words.js";

/** @typedef {import("./questions.js").Question} Question */

/**
 * What somebody answered.
 * @typedef {{
 *   readonly decision: "approve" | "deny", readonly scope: "once" | "minutes" | "run" | "always",
 *   readonly minutes?: number,
 * }} Answer
 */

/** Below this the countdown turns to the colour of a warning. */
const URGENT_SECONDS = 10;

/** A card that comes up under a pointer about to press something else cannot be agreed to at once. */
const TOO_EARLY_MS = 500;

/**
 * One question with its buttons.
 * @param {Question} question
 * @param {(question: Question, answer: Answer) => Promise<boolean>} answer false when it failed
 * @returns {HTMLElement}
 */
export function questionCard(question, answer) {
  const { id, host, port } = question;
  const card = element("article", {
    class: "question",
    role: "listitem",
    "data-testid": "question",
    "data-id": id,
    "data-host": host,
  });
  const buttons = element("div", { class: "answers" });

  /** @param {Answer} given */
  async function give(given) {
    for (const one of card.querySelectorAll("button")) one.disabled = true;
    if (await answer(question, given)) return;
    for (const one of card.querySelectorAll("button")) one.disabled = false;
  }

  buttons.append(...answerButtons(question, give));
  card.append(
    element(
      "div",
      { class: "asked" },
      element("h3", {}, hostName(host, `:${port}`)),
      ...(question.command === null ? [] : [commandLine(question.command)]),
      element("p", { class: "meta" }, ...facts(question)),
    ),
    element(
      "p",
      { class: "left", "aria-hidden": "true" },
      element("span", { class: "seconds" }),
      element("span", { class: "track" }, element("span", { class: "bar-left" })),
    ),
    buttons,
  );
  /** @type {NodeListOf<HTMLButtonElement>} */
  const early = buttons.querySelectorAll("button.loosens");
  for (const one of early) one.disabled = true;
  setTimeout(() => {
    for (const one of early) one.disabled = false;
  }, TOO_EARLY_MS);
  return card;
}

/**
 * @param {Question} question
 * @param {(answer: Answer) => void} give
 */
function answerButtons(question, give) {
  const host = shownHost(question.host);
  const approve = /** @type {const} */ ("approve");
  const always = button("Always…", { "data-testid": "approve-always", class: "loosens" }, () => {
    const card = always.closest("article");
    if (card === null || card.querySelector(".sure") !== null) return;
    card.append(sure(question, () => give({ decision: approve, scope: "always" }), always));
  });
  return [
    element("span", { class: "label", "aria-hidden": "true" }, "Allow"),
    button("Once", {
      "data-testid": "approve-once",
      class: "loosens",
      "aria-label": `Allow ${host} once`,
    }, () => give({ decision: approve, scope: "once" })),
    button("10 min", {
      "data-testid": "approve-minutes",
      class: "loosens",
      "aria-label": `Allow ${host} for 10 minutes`,
    }, () => give({ decision: approve, scope: "minutes", minutes: 10 })),
    button("This run", {
      "data-testid": "approve-run",
      class: "loosens",
      "aria-label": `Allow ${host} until Doorward ends`,
    }, () => give({ decision: approve, scope: "run" })),
    always,
    button("Deny", {
      "data-testid": "deny",
      class: "tightens",
      "aria-label": `Deny ${host}`,
    }, () => give({ decision: "deny", scope: "once" })),
  ];
}

/**
 * Shows the line that would be written, and asks once more.
 * @param {Question} question
 * @param {() => void} agreed
 * @param {HTMLElement} opener
 */
function sure(question, agreed, opener) {
  const back = button("Cancel", { "data-testid": "approve-always-cancel" }, () => {
    asked.remove();
    opener.focus();
  });
  const asked = element(
    "div",
    { class: "sure", role: "group", "aria-label": "Allow always" },
    element("p", {}, "This line goes into the configuration file:"),
    exactLine(configurationLine("allow", question.pattern)),
    element(
      "div",
      { class: "choices" },
      back,
      button("Write it", { "data-testid": "approve-always-confirm", class: "loosens" }, agreed),
    ),
  );
  asked.addEventListener("keydown", (event) => {
    if (event.key === "Escape") back.click();
  });
  queueMicrotask(() => back.focus());
  return asked;
}

/** @param {string} command */
function commandLine(command) {
  return element("p", { class: "command" }, element("code", {}, outside(command)));
}

/** @param {Question} question */
function facts({ protocol, method, client, address_class, waiting }) {
  return [
    element("span", { class: "chip" }, protocolWords(protocol)),
    element("span", { class: "chip" }, outside(method)),
    element("span", {}, outside(address_class)),
    element("span", {}, "from ", outside(client)),
    element("span", { class: "waiting" }, waitingWords(waiting)),
  ];
}

/** @param {number} waiting */
function waitingWords(waiting) {
  return waiting > 1 ? `${waiting} requests wait` : "";
}

/**
 * Brings a card up to date.
 * @param {HTMLElement} card
 * @param {Question} question
 * @param {number} now Unix seconds
 */
export function countDown(card, question, now) {
  const left = Math.max(0, question.expires_at - now);
  const whole = Math.max(1, question.expires_at - question.asked_at);
  setText(part(card, ".seconds"), left > 0 ? `${durationWords(Math.ceil(left))} left` : "expired");
  setText(part(card, ".waiting"), waitingWords(question.waiting));
  part(card, ".bar-left").style.transform = `scaleX(${Math.min(1, left / whole).toFixed(3)})`;
  card.classList.toggle("urgent", left < URGENT_SECONDS);
}

/**
 * Turns a card into what became of it.
 * @param {HTMLElement} card
 * @param {Question} question
 * @param {string} outcome
 */
export function settle(card, { host, port }, outcome) {
  if (card.dataset["testid"] === "settled") return;
  // The height stays, so that nothing moves under a pointer.
  card.style.minHeight = `${card.offsetHeight}px`;
  if (card.contains(document.activeElement)) document.getElementById("questions-title")?.focus();
  card.dataset["testid"] = "settled";
  card.classList.add("settled");
  card.classList.remove("urgent");
  card.replaceChildren(
    element("h3", {}, hostName(host, `:${port}`)),
    element("p", { class: "outcome" }, outside(outcome)),
  );
}
