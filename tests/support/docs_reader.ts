import { assert, assertEquals } from "@std/assert";
import { type Command, shown } from "./markdown.ts";
import type { NamedInternet } from "./namespace/named_internet.ts";
import type { RunningProgram } from "./programs.ts";
import { type ShellSession, shellSession } from "./shell_session.ts";

/** Somebody who types what a page says, in a terminal or two. Disposing of it ends what was started. */
export interface Reader extends AsyncDisposable {
  readonly shell: ShellSession;
  /** The home folder, which pages call `/home/you`. */
  readonly home: string;
  /**
   * Starts a proxy in a terminal of its own, in place of the one before. Resolves to what it has said once it said
   * `pattern`.
   */
  start(command: string, pattern: RegExp): Promise<string>;
}

/** What a page takes for granted. */
export interface Scene {
  /** The configuration in the home folder. */
  readonly config?: string;
  /** Whether `doorward start` runs in another terminal. */
  readonly isRunning?: boolean;
  /** Programs that not every machine has. */
  readonly programs?: readonly string[];
  /** What was typed before, as a script. */
  readonly before?: string;
}

/** What differs from one time to the next, and stands for its like on a page. */
const PASSING = RegExp(
  [
    /\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d/, // a date, a time of day
    /(?<=127\.0\.0\.1:)[3-6]\d{4}/, // a port that was free
    /(?<= )\d+s(?= )/, // seconds that are left
    /\b[0-9a-f]{8}\b|\b(?:[0-9A-F]{2}:){4,}/, // what was drawn by lot, a fingerprint
  ].map(({ source }) => source).join("|"),
  "g",
);

/** A command that goes on until it is ended. */
const STARTS = /^doorward( start\b.*)?$|^(npx \S+ \S+|deno) task start\b/;

/** What a proxy says once it listens. */
const LISTENS = / listening on /;

/** Sits down in a folder. */
export async function makeReader(
  internet: NamedInternet,
  folder: string,
  { config, isRunning = false, before }: Scene,
): Promise<Reader> {
  await using stack = new AsyncDisposableStack();
  const { scratch } = internet;
  if (config !== undefined) await scratch.write("home/.config/doorward/config.toml", config);
  const shell = stack.use(shellSession(internet.start(["setsid", "sh"], folder)));
  // What a page leaves running in the background ends with its shell.
  await shell.run(`trap 'trap "" TERM; kill 0' EXIT TERM`);
  let proxy: RunningProgram | null = null;
  stack.defer(() => proxy?.[Symbol.asyncDispose]());
  const start = async (command: string, pattern: RegExp) => {
    await proxy?.[Symbol.asyncDispose]();
    proxy = internet.start(["sh", "-c", `exec ${command}`], folder);
    await proxy.stderr.until(pattern);
    return proxy.stderr.text;
  };
  if (isRunning) await start("doorward start", LISTENS);
  if (before !== undefined) {
    const { code, printed } = await shell.run(before);
    assertEquals(code, 0, printed);
  }
  const owned = stack.move();
  return {
    shell,
    home: scratch.home,
    start,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/**
 * Types a command of a page. It has to print what the page shows, and to succeed unless the page shows how it
 * fails. Where it starts the proxy, another terminal goes on with that.
 */
export async function typeIn(
  { text, line, prints }: Command,
  page: string,
  reader: Reader,
): Promise<void> {
  const said = `${page}:${line}: $ ${text}`;
  const pattern = shown(
    (prints ?? "…").replaceAll(PASSING, "…").replaceAll("/home/you", reader.home),
  );
  const { code, printed } = STARTS.test(text)
    ? { code: 0, printed: await reader.start(text, prints === null ? LISTENS : pattern) }
    : await reader.shell.run(text);
  assert(
    RegExp(`^${pattern.source}\\n?$`).test(printed),
    `${said}\n--- the page shows:\n${prints}\n--- it printed:\n${printed}`,
  );
  assert(code === 0 || prints !== null, `${said}\nends with ${code}:\n${printed}`);
}
