// Who answers questions at a terminal. It prints and listens; where the keys come from is not its business.
import type { Clock } from "../../net/ports.ts";
import { unlessAborted } from "../../net/time/unless_aborted.ts";
import type { Answer, Answerer, Question } from "../../proxy/asking/question.ts";
import type { Terminal } from "../printed/terminal.ts";
import { answerWords, readChoice } from "./choices.ts";
import type { Keys } from "./keys.ts";
import { choicesLine, questionLines } from "./question_lines.ts";
import { turns } from "./turns.ts";

/** What a prompt needs. */
export interface PromptOptions {
  /** Whose standard error is printed to. */
  readonly terminal: Pick<Terminal, "err">;
  readonly keys: Keys;
  readonly clock: Clock;
  /** Lines that say more of a question, for who wants to know. */
  readonly explain: (question: Question) => Promise<readonly string[]>;
}

/** Seconds before the end at which the time that is left is told again. */
const REMINDERS_SECONDS = [10, 5];
/** More lines push the question off the screen. */
const DETAIL_LINES_MAX = 40;

/**
 * Asks at a terminal, one question after the other. A question that is settled before its turn is never shown.
 * Null where the keyboard is somebody else's, or gone.
 */
export function terminalPrompt(options: PromptOptions): Answerer {
  const inTurn = turns();
  return async (question, signal) => {
    try {
      return await inTurn(() => ask(question, options, signal), signal);
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
  };
}

async function ask(
  question: Question,
  options: PromptOptions,
  signal: AbortSignal,
): Promise<Answer | null> {
  const { terminal: { err }, keys } = options;
  if (!(await keys.ready(signal))) return null;
  signal.throwIfAborted();
  questionLines(question).forEach((line) => err.line(...line));
  const over = new AbortController();
  countDown(question, options, over.signal).catch(() => {
    // The question is over before its time.
  });
  try {
    const answer = await listen(question, options, signal);
    err.line(
      answer === null ? "  this terminal cannot answer any more" : `  ${answerWords(answer)}`,
    );
    return answer;
  } catch (error) {
    if (signal.aborted) err.line("  answered elsewhere, or no longer asked");
    throw error;
  } finally {
    over.abort();
  }
}

/** Takes lines until one is an answer. Null when no more come. */
async function listen(
  question: Question,
  options: PromptOptions,
  signal: AbortSignal,
): Promise<Answer | null> {
  const { terminal: { err }, keys, clock } = options;
  const offer = () => err.line(...choicesLine(secondsLeft(question, clock)));
  let toldEarly = false;
  offer();
  while (true) {
    const typed = await keys.line(signal);
    signal.throwIfAborted();
    if (typed.kind === "gone") return null;
    if (typed.kind === "early") {
      if (!toldEarly) err.line("  what was typed before the question does not count");
      toldEarly = true;
      continue;
    }
    const choice = readChoice(typed.text);
    if (choice.kind === "answer") return choice.answer;
    if (choice.kind === "details") await printDetails(question, options, signal);
    else err.line("  that is none of the answers, which are one letter each");
    offer();
  }
}

async function printDetails(
  question: Question,
  { terminal: { err }, explain }: PromptOptions,
  signal: AbortSignal,
): Promise<void> {
  try {
    const lines = await unlessAborted(explain(question), signal);
    lines.slice(0, DETAIL_LINES_MAX).forEach((line) => err.line(`  ${line}`));
    const more = lines.length - DETAIL_LINES_MAX;
    if (more > 0) err.line(`  … and ${more} more`);
  } catch (error) {
    signal.throwIfAborted();
    err.line(`  Cannot explain: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Says again what can be answered when the time runs out. */
async function countDown(
  question: Question,
  { terminal: { err }, clock }: PromptOptions,
  signal: AbortSignal,
): Promise<void> {
  for (const seconds of REMINDERS_SECONDS) {
    const ms = question.expiresAt - seconds * 1000 - clock.now();
    if (ms <= 0) continue;
    await clock.wait(ms, signal);
    err.line(...choicesLine(seconds));
  }
}

function secondsLeft({ expiresAt }: Question, clock: Clock): number {
  return Math.max(0, Math.ceil((expiresAt - clock.now()) / 1000));
}
