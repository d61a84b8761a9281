// Every command of every page in docs/ is typed as it is written, in a network in which the names of the pages lead
// to servers of ours. It has to succeed, and to print what the page shows below it.
import { assert, assertEquals } from "@std/assert";
import { type Command, commandsOf, shown } from "../support/markdown.ts";
import { canIsolate, NOT_ISOLATED } from "../support/namespace/can_isolate.ts";
import {
  makePrivateInternet,
  type PrivateInternet,
} from "../support/namespace/private_internet.ts";
import { type ShellSession, shellSession } from "../support/shell_session.ts";

/** What a page takes for granted. */
interface Scene {
  /** The configuration in the home folder. */
  readonly config?: string;
  /** Whether `doorward start` runs in another terminal. */
  readonly isRunning?: boolean;
  /** Whether the folder is that of a clone. */
  readonly isClone?: boolean;
  /** What was typed before, as a script. */
  readonly before?: string;
}

/** The scene of each page that needs one. */
const SCENES: Readonly<Record<string, Scene>> = {
  "admin.md": {
    isRunning: true,
    before: `curl -x http://127.0.0.1:3128 https://api.example.com >/dev/null 2>&1 &
until curl http://127.0.0.1:8080/pending | grep -q api.example.com; do :; done`,
  },
  "audit.md": {
    before: `GITHUB_STEP_SUMMARY=summary.md
chain_of() { sed -E 's/.*"doorward.chain":"([0-9a-f]+)".*/\\1/'; }
doorward run -c network.audit_file=audit.jsonl -c network.audit.chain=true \\
  -c network.audit.file_bytes=65536 --allow example.com -- \\
  curl -o /dev/null 'http://example.com/[1-150]' &&
VALUE_BEFORE=$(tail -n 2 audit.jsonl | head -n 1 | chain_of) &&
LINE_WITHOUT_ITS_VALUE=$(tail -n 1 audit.jsonl | sed -E 's/,"doorward.chain":"[0-9a-f]+"//') &&
VALUE=$(tail -n 1 audit.jsonl | chain_of)`,
  },
  "interception.md": { before: "doorward ca path" },
  "policy.md": {
    config: '[network]\nenabled = true\nallow_unix_sockets = ["/var/run/docker.sock"]\n',
    isRunning: true,
  },
  "run.md": { isClone: true },
};

/** A command that cannot be typed here, as it stands on its page, and why. */
interface Untyped {
  readonly page: string;
  readonly command: string;
  readonly why: string;
}

const UNTYPED: readonly Untyped[] = [
  ...[
    "npx -y deno@2.9.6 task check   # types, lint, format",
    "npx -y deno@2.9.6 task test    # every test",
  ].map((command) => ({ page: "contributing.md", command, why: "the tests are running" })),
  ...["deno task npm --out dist/npm", "npm install ./dist/npm"].map((command) => ({
    page: "library.md",
    command,
    why: "it needs the real registry; tests/journeys/node_package_test.ts does it",
  })),
  ...[
    "deno task bench",
    'deno task profile "plain HTTP, kept, 64"',
    "deno test --allow-all tests/journeys/memory_test.ts tests/journeys/intercept_memory_test.ts",
  ].map((command) => ({ page: "performance.md", command, why: "it takes many minutes" })),
  {
    page: "run.md",
    command:
      "doorward run --allow github.com:22 -- ssh -o ProxyCommand='doorward connect %h %p' git@github.com",
    why: "nobody here is called git; tests/journeys/connect_test.ts goes through as somebody else",
  },
];

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

/** What a clone has that commands need. */
const CLONED = ["main.ts", "deno.json", "deno.lock", "src", "types"];

const root = await Deno.realPath(`${import.meta.dirname}/../..`);
const pages = await readPages();

for (const [page, commands] of pages) {
  const typed = commands.filter(({ text }) => !isUntyped(page, text));
  if (typed.length === 0) continue;
  Deno.test({
    name: `docs/${page}: every command does what the page says${canIsolate() ? "" : NOT_ISOLATED}`,
    ignore: !canIsolate(),
    async fn(): Promise<void> {
      await using internet = await makePrivateInternet();
      await using reader = await makeReader(internet, SCENES[page] ?? {});
      for (const command of typed) await type(command, `docs/${page}:${command.line}`, reader);
    },
  });
}

Deno.test("what is said here of a page in docs/ is said of one that is there", () => {
  assertEquals(Object.keys(SCENES).filter((page) => !pages.has(page)), []);
  const stale = UNTYPED.filter(({ page, command }) =>
    !pages.get(page)?.some(({ text }) => text === command)
  );
  assertEquals(stale, []);
});

/** Somebody who reads a page, with a terminal or two. */
interface Reader extends AsyncDisposable {
  readonly shell: ShellSession;
  readonly home: string;
  /** Starts a proxy in a terminal of its own; resolves once it listens. */
  start(command: string): Promise<string>;
}

async function makeReader(internet: PrivateInternet, scene: Scene): Promise<Reader> {
  await using stack = new AsyncDisposableStack();
  const { scratch } = internet;
  const folder = `${scratch.folder}/page`;
  await Deno.mkdir(folder);
  const cloned = scene.isClone ? CLONED : [];
  await Promise.all(cloned.map((name) => Deno.symlink(`${root}/${name}`, `${folder}/${name}`)));
  if (scene.config !== undefined) {
    await scratch.write("home/.config/doorward/config.toml", scene.config);
  }
  const shell = stack.use(shellSession(internet.start(["sh"], folder)));
  const terminals = stack.use(new AsyncDisposableStack());
  const start = async (command: string) => {
    const proxy = terminals.use(internet.start(["sh", "-c", `exec ${command}`], folder));
    await proxy.stderr.until(/ listening on .*\n {2}use it .*\n/s);
    return proxy.stderr.text;
  };
  if (scene.isRunning) await start("doorward start");
  if (scene.before !== undefined) {
    const { code, printed } = await shell.run(scene.before);
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

/** Types a command and compares. Where it starts the proxy, another terminal goes on with that. */
async function type({ text, prints }: Command, place: string, reader: Reader): Promise<void> {
  const said = `${place}: $ ${text}`;
  const pattern = shown((prints ?? "…").replaceAll(PASSING, "…"));
  const { code, printed } = /^doorward( start\b.*)?$/.test(text)
    ? { code: 0, printed: await reader.start(text) }
    : await reader.shell.run(text);
  assert(
    RegExp(`^${pattern.source}\\n?$`).test(printed.replaceAll(reader.home, "/home/you")),
    `${said}\n--- the page shows:\n${prints}\n--- it printed:\n${printed}`,
  );
  assert(code === 0, `${said}\nends with ${code}:\n${printed}`);
}

async function readPages(): Promise<Map<string, Command[]>> {
  const read: [string, Command[]][] = [];
  for await (const { name } of Deno.readDir(`${root}/docs`)) {
    if (!name.endsWith(".md")) continue;
    const commands = commandsOf(await Deno.readTextFile(`${root}/docs/${name}`));
    if (commands.length > 0) read.push([name, commands]);
  }
  return new Map(read.sort());
}

function isUntyped(page: string, text: string): boolean {
  return UNTYPED.some((entry) => entry.page === page && entry.command === text);
}
