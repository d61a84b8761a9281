import type { Clock } from "../../net/ports.ts";
import { isEarly } from "./early.ts";
import type { HelperProgram, StartHelper } from "./helper_program.ts";
import type { Keys, Typed } from "./keys.ts";
import { CHECK_WORDS, LISTENING, READ_WORDS } from "./tty_script.ts";

/** What reading the controlling terminal takes. */
export interface TtyPorts {
  readonly start: StartHelper;
  readonly clock: Clock;
  readonly os: typeof Deno.build.os;
}

/** As much as a terminal keeps of one line, and what is said before it. */
const CHARACTERS_MAX = 4096 + LISTENING.length;
/** No answer is longer. */
const LINE_CHARACTERS_MAX = 1024;

const GONE: Typed = { kind: "gone" };

/**
 * Lines from the controlling terminal while a child owns standard input. A helper reads them, for it can be
 * killed: once a question is settled nothing is taken from the child.
 */
export function ttyKeys({ start, clock, os }: TtyPorts): Keys {
  return {
    async ready(): Promise<boolean> {
      if (os === "windows") return false;
      try {
        await using check = start(CHECK_WORDS);
        return await check.code === 0;
      } catch {
        return false; // There is no shell, or none for us.
      }
    },
    async line(signal): Promise<Typed> {
      signal.throwIfAborted();
      await using helper = start(READ_WORDS);
      const stop = () => helper.kill();
      signal.addEventListener("abort", stop, { once: true });
      try {
        const typed = await lineOf(helper, clock);
        signal.throwIfAborted();
        return typed;
      } finally {
        signal.removeEventListener("abort", stop);
      }
    },
  };
}

/** Only a whole line counts: without its end it is a key that was meant for somebody else. */
async function lineOf(helper: HelperProgram, clock: Clock): Promise<Typed> {
  let said = "";
  let since: number | null = null;
  while (said.length <= CHARACTERS_MAX) {
    const text = await helper.read();
    if (text === null) return GONE;
    said += text;
    if (!said.startsWith(LISTENING)) continue;
    since ??= clock.monotonic();
    const end = said.indexOf("\n", LISTENING.length);
    if (end === -1) continue;
    if (isEarly(since, clock)) return { kind: "early" };
    const line = said.slice(LISTENING.length, end);
    return { kind: "line", text: line.slice(0, LINE_CHARACTERS_MAX) };
  }
  return GONE;
}
