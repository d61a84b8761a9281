// A program that asks the real terminal it runs on, for tty_script_test.ts. Each word is one step.
import { type StartHelper, systemHelper } from "../../../src/cli/ask/helper_program.ts";
import { ttyKeys } from "../../../src/cli/ask/tty_keys.ts";
import { LISTENING } from "../../../src/cli/ask/tty_script.ts";
import { systemClock } from "../../../src/net/system_clock.ts";

const NEVER = new AbortController().signal;

function say(what: string, value: unknown): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`<${what} ${JSON.stringify(value)}>\n`));
}

/** Says when a helper listens, so that the test types neither too early nor too late. */
function telling(then: () => void): StartHelper {
  return (words) => {
    const helper = systemHelper(words);
    const read = async (): Promise<string | null> => {
      const text = await helper.read();
      if (text === LISTENING) then();
      return text;
    };
    return { ...helper, read };
  };
}

/** A clock on which whatever comes second comes late enough to be an answer. */
function hurrying(): typeof systemClock {
  let now = 0;
  return { ...systemClock, monotonic: () => now += 1000 };
}

/** What each word does. */
const STEPS: Readonly<Record<string, () => Promise<void>>> = {
  async ready() {
    const keys = ttyKeys({ start: systemHelper, clock: systemClock, os: Deno.build.os });
    say("ready", await keys.ready(NEVER));
  },
  async line() {
    const start = telling(() => say("listening", true));
    const keys = ttyKeys({ start, clock: hurrying(), os: Deno.build.os });
    say("line", await keys.line(NEVER));
  },
  async early() {
    const keys = ttyKeys({ start: systemHelper, clock: systemClock, os: Deno.build.os });
    say("line", await keys.line(NEVER));
  },
  async abort() {
    const settled = new AbortController();
    const start = telling(() => settled.abort());
    const keys = ttyKeys({ start, clock: hurrying(), os: Deno.build.os });
    say("abort", await keys.line(settled.signal).catch(() => "aborted"));
  },
  async read() {
    const bytes = new Uint8Array(100);
    const reading = Deno.stdin.read(bytes);
    say("reading", true);
    const count = await reading;
    say("read", new TextDecoder().decode(bytes.subarray(0, count ?? 0)));
  },
};

for (const word of Deno.args) await STEPS[word]!();
Deno.exit();
