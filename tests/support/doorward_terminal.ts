import { shellQuote } from "../../src/library/env/shell_quote.ts";
import { doorwardWords, FREE_PORTS } from "./doorward_cli.ts";
import type { Scratch } from "./scratch.ts";
import { onTerminal, type TerminalSession } from "./terminal_session.ts";

/** Doorward on a terminal, and a person who reads and answers its questions. */
export interface DoorwardTerminal extends TerminalSession {
  /** Waits for the question about `place` (`host:port`), the `count`th of them, and answers it. */
  answer(place: string, typed: string, count?: number): Promise<void>;
  /** Waits until that question is asked, and so old that what is typed now is an answer. */
  asked(place: string, count?: number): Promise<void>;
}

/** `doorward start` on a terminal. */
export interface DoorwardStartTerminal extends DoorwardTerminal {
  /** What clients are pointed at. */
  readonly url: string;
  /** The flags by which the other commands find it. */
  readonly admin: readonly string[];
  readonly adminUrl: string;
  readonly pid: number;
}

/**
 * Seconds for which questions wait here. That ten of them are left is printed, and then the question has stood
 * long enough for an answer to count.
 */
export const HOLD_SECONDS = 11;

/** What can be answered is printed at once, and again a second later. */
const AGAIN = "(?:Enter: deny[^]*?){2}";
const EARLY = "what was typed before the question does not count";

/** A configuration that asks, with lines of its own after it. */
export function asking(more = ""): string {
  return `# Mine: do not touch.
[network]
enabled = true
ask = true
ask_hold_seconds = ${HOLD_SECONDS} # long enough
allowed_domains = [
  "kept.test", # keep me
]
${more}`;
}

/** One command line of Doorward, as a POSIX shell reads it. */
export function doorwardLine(task: "start" | "doorward", args: readonly string[]): string {
  return doorwardWords(task, args).map((word) => shellQuote(word, "sh")).join(" ");
}

/** Starts `doorward run` on a terminal. */
export function runAtTerminal(words: readonly string[], scratch: Scratch): DoorwardTerminal {
  const line = doorwardLine("doorward", ["run", ...words]);
  return withAnswers(onTerminal(`exec ${line}`, { env: scratch.env, cwd: scratch.folder }));
}

/** Starts `doorward start` on a terminal, by a shell that does `before` and waits for it. */
export async function startAtTerminal(
  scratch: Scratch,
  script = (line: string) => `echo $$ >pid; exec ${line}`,
): Promise<DoorwardStartTerminal> {
  const line = doorwardLine("start", FREE_PORTS);
  const session = onTerminal(script(line), { env: scratch.env, cwd: scratch.folder });
  try {
    const [, url] = await session.screen.until(/ listening on (http:\/\/[^ ]+), /);
    const [, adminUrl] = await session.screen.until(
      /(?:\n {2}admin {3}[^]*?| works once\):\r\n {2}\S*)(http:\/\/[0-9.:]+)\/#code=/,
    );
    const pid = Number(await Deno.readTextFile(`${scratch.folder}/pid`));
    const admin = ["--admin", adminUrl!];
    return {
      ...withAnswers(session),
      url: url!,
      admin,
      adminUrl: adminUrl!,
      pid,
      async [Symbol.asyncDispose](): Promise<void> {
        if (isAlive(pid)) Deno.kill(pid, "SIGTERM");
        await session.ended;
        await session[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await session[Symbol.asyncDispose]();
    throw error;
  }
}

function withAnswers(session: TerminalSession): DoorwardTerminal {
  const { screen, type } = session;
  const until = async (place: string, count: number, then: string): Promise<string> => {
    const question = `may a program reach ${RegExp.escape(place)} `;
    const [text] = await screen.until(new RegExp(`(?:${question}[^]*?){${count}}${then}`));
    return text;
  };
  const asked = async (place: string, count = 1) => {
    await until(place, count, AGAIN);
  };
  return {
    ...session,
    asked,
    async answer(place, typed, count = 1): Promise<void> {
      await asked(place, count);
      await type(`${typed}\n`);
      const said = await until(place, count, `${AGAIN}[^]*?(?: {2}(?:allowed|denied) |${EARLY})`);
      if (!said.endsWith(EARLY)) return;
      // This machine is so busy that the question came late, after those before it.
      await until(place, count, "[^]*? {2}\\(5 s");
      await type(`${typed}\n`);
    },
  };
}

/** Whether a process of this number runs. */
export function isAlive(pid: number): boolean {
  try {
    return !Deno.readTextFileSync(`/proc/${pid}/stat`).includes(") Z ");
  } catch {
    return false;
  }
}
