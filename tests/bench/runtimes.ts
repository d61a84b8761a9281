// What the runtimes themselves take: the floor under every program that is started with one.
import type { Child, Children } from "./child.ts";
import { findProgram } from "./programs.ts";

/** Programs that do nothing. */
export const RUNTIMES = ["node -e 0", "deno eval 0"] as const;
/** One of {@linkcode RUNTIMES}. */
export type RuntimeName = typeof RUNTIMES[number];

/** One that is there. */
export interface Runtime {
  readonly name: RuntimeName;
  /** Has it do nothing, and end. Resolves to the milliseconds that took. */
  readonly run: () => Promise<number>;
  /** Starts it to stay, doing nothing. Resolves once it does. */
  readonly idle: () => Promise<Child>;
}

const STAY = `console.log("idle"); setInterval(() => {}, 1 << 30)`;

/** Those that are there, and the names of those that are not. */
export async function findRuntimes(
  children: Children,
): Promise<{ readonly found: readonly Runtime[]; readonly missing: readonly RuntimeName[] }> {
  const found: Runtime[] = [];
  const missing: RuntimeName[] = [];
  for (const name of RUNTIMES) {
    const [word, flag] = name.split(" ") as [string, string];
    const program = word === "deno" ? Deno.execPath() : await findProgram(word);
    if (program === null) missing.push(name);
    else found.push(runtime(name, (code) => children.start(program, [flag, code], OPTIONS)));
  }
  return { found, missing };
}

/** It looks for a newer version of itself otherwise. */
const OPTIONS = { env: { DENO_NO_UPDATE_CHECK: "1" } };

function runtime(name: RuntimeName, start: (code: string) => Child): Runtime {
  return {
    name,
    async run(): Promise<number> {
      const begin = performance.now();
      await using child = start("0");
      await child.ended;
      return performance.now() - begin;
    },
    async idle(): Promise<Child> {
      const child = start(STAY);
      await child.stdout.getReader().read();
      return child;
    },
  };
}
