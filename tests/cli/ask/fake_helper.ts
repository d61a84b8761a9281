import type { HelperProgram, StartHelper } from "../../../src/cli/ask/helper_program.ts";

/** A helper of which a test says what it does. */
export interface FakeHelper extends HelperProgram {
  readonly words: readonly string[];
  /** Lets it say something; null ends it. */
  say(text: string | null): void;
  killed: boolean;
}

/** Starts helpers that do nothing but what the test says, and keeps them. */
export function fakeHelpers(exitCode = 0): StartHelper & { readonly started: FakeHelper[] } {
  const started: FakeHelper[] = [];
  const start: StartHelper = (words) => {
    const helper = fakeHelper(words, exitCode);
    started.push(helper);
    return helper;
  };
  return Object.assign(start, { started });
}

function fakeHelper(words: readonly string[], exitCode: number): FakeHelper {
  const said = new TransformStream<string, string>();
  const writer = said.writable.getWriter();
  const reader = said.readable.getReader();
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    writer.close().catch(() => {
      // Nobody listens any more.
    });
  };
  return {
    words,
    killed: false,
    code: Promise.resolve(exitCode),
    read: async () => (await reader.read()).value ?? null,
    say(text): void {
      if (text === null) end();
      else writer.write(text).catch(() => {});
    },
    kill(): void {
      this.killed = true;
      end();
    },
    async [Symbol.asyncDispose](): Promise<void> {
      this.kill();
      await reader.cancel();
    },
  };
}
