// @ts-check
/// <reference lib="dom" />
import { byId, keepInLine, setText } from "./dom.js";
import { attempt, notify } from "./notices.js";
import { countDown, questionCard, settle } from "./question_card.js";
import { counted } from "./quantities.js";
import { shown, shownHost } from "./printable.js";
import { endpointWords, protocolWords } from "./words.js";

/**
 * What somebody is asked.
 * @typedef {{
 *   readonly id: string, readonly host: string, readonly port: number, readonly protocol: string,
 *   readonly method: string, readonly client: string, readonly command: string | null,
 *   readonly address_class: string, readonly waiting: number, readonly asked_at: number,
 *   readonly expires_at: number, readonly pattern: string,
 * }} Question
 */

/**
 * @typedef {{
 *   readonly state: "asked" | "joined" | "answered" | "timed_out" | "cancelled" | "settled",
 *   readonly question: Question, readonly decision?: string, readonly by?: string,
 * }} PendingEvent
 */

/** More are not read by anybody; they come up as others are answered. */
const CARDS_MAX = 50;

/** What comes within this time is shown at once. */
const GATHER_MS = 50;

/** So long an answered question keeps its place, so that a second click does not hit the next one. */
const SETTLED_MS = 1_500;

/**
 * The questions on top of the page.
 * @param {import("./api.js").Api} api
 * @param {import("./clock.js").ProxyClock} clock
 */
export function questionsSection(api, clock) {
  /** @type {Map<string, { question: Question, outcome: string | null }>} */
  let all = new Map();
  /** @type {Question[]} those that have not been told yet */
  let unheard = [];
  let isShowing = false;

  /** Shows in a moment: what is told again of the past has mostly been answered by then. */
  function showSoon() {
    if (isShowing) return;
    isShowing = true;
    // Not with the next frame: a page in the background has none, but its title is seen.
    setTimeout(show, GATHER_MS);
  }

  function show() {
    isShowing = false;
    const news = unheard.filter(({ id }) => all.get(id)?.outcome === null);
    unheard = [];
    if (news.length > 0) announce(/** @type {Question} */ (news.at(-1)), news.length - 1);
    const items = [...all.values()];
    const waiting = items.filter((item) => item.outcome === null).length;
    const section = byId("questions");
    if (items.length === 0 && section.contains(document.activeElement)) byId("main").focus();
    section.hidden = items.length === 0;
    document.title = waiting === 0 ? "Doorward" : `(${waiting}) Doorward`;
    setText(
      byId("questions-title"),
      waiting === 0 ? "Answered" : `${counted(waiting, "question")} waiting for an answer`,
    );
    keepInLine(byId("question-cards"), items.slice(0, CARDS_MAX), {
      key: ({ question }) => question.id,
      make: ({ question }) => questionCard(question, answer),
      update: (card, { question, outcome }) => {
        if (outcome !== null) settle(card, question, outcome);
        else countDown(card, question, clock.now());
      },
    });
    const more = byId("questions-more");
    more.hidden = items.length <= CARDS_MAX;
    setText(more, `and ${counted(items.length - CARDS_MAX, "more question")}`);
  }

  /**
   * @param {Question} question
   * @param {import("./question_card.js").Answer} given
   */
  async function answer(question, given) {
    const path = `/pending/${encodeURIComponent(question.id)}`;
    const done = await attempt(() => api.post(path, given));
    if (done === null) return false;
    end(question, given.decision === "approve" ? "Allowed" : "Denied");
    return true;
  }

  /**
   * @param {Question} question
   * @param {string} outcome
   */
  function end(question, outcome) {
    const kept = all.get(question.id);
    if (kept === undefined || kept.outcome !== null) return;
    if (unheard.includes(kept.question)) {
      all.delete(question.id); // Nobody has seen it.
      return showSoon();
    }
    kept.outcome = outcome;
    show();
    setTimeout(() => {
      all.delete(question.id);
      show();
    }, SETTLED_MS);
  }

  return {
    /** Takes the list that the proxy has. @param {readonly Question[]} questions */
    replace(questions) {
      const next = new Map([...all].filter(([, item]) => item.outcome !== null));
      for (const question of questions) {
        if (next.has(question.id)) continue;
        next.set(question.id, { question, outcome: null });
        if (!all.has(question.id)) unheard.push(question);
      }
      all = next;
      showSoon();
    },
    /** Takes what happened to one. @param {PendingEvent} event */
    event({ state, question, decision, by }) {
      if (state === "asked" || state === "joined") {
        if (question.expires_at < clock.now() || all.get(question.id)?.outcome) return;
        if (!all.has(question.id)) unheard.push(question);
        const known = unheard.findIndex(({ id }) => id === question.id);
        if (known !== -1) unheard[known] = question;
        all.set(question.id, { question, outcome: null });
        showSoon();
      } else end(question, outcomeWords(state, decision, by));
    },
    /** Brings the time that is left up to date. */
    tick() {
      if (all.size > 0) show();
    },
    /** Says that the questions cannot be known. */
    forget() {
      if (all.size > 0) notify("The open questions ended with the connection to Doorward");
      all.clear();
      show();
    },
  };
}

/**
 * @param {"answered" | "timed_out" | "cancelled" | "settled"} state
 * @param {string} [decision]
 * @param {string} [by]
 */
function outcomeWords(state, decision, by) {
  if (state === "timed_out") return "Nobody answered in time: denied";
  if (state === "cancelled") return "The client went away";
  if (state === "settled") return "A rule has decided it since";
  const word = decision === "approve" ? "Allowed" : "Denied";
  return by === undefined || by === "dashboard" ? word : `${word} by ${by}`;
}

/**
 * @param {Question} question
 * @param {number} others
 */
function announce({ host, port, protocol, command }, others) {
  const who = command === null ? "A client" : shown(command, 80);
  const target = shownHost(endpointWords(host, port));
  const rest = others === 0 ? "" : `, and ${counted(others, "more question")}`;
  byId("questions-told").textContent = `${who} asks for ${target} by ${
    protocolWords(protocol)
  }${rest}`;
}
