// Every command of every page in docs/ is typed as it is written, in a network in which the names of the pages lead
// to servers of ours. It has to succeed, and to print what the page shows below it.
import { assertEquals } from "@std/assert";
import { makeReader, type Scene, typeIn } from "../support/docs_reader.ts";
import { type Command, commandsOf } from "../support/markdown.ts";
import { testWithSites } from "../support/namespace/test_with_sites.ts";

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
  "doctor.md": { programs: ["bwrap", "socat"] },
  "interception.md": { before: "doorward ca path" },
  "learn.md": {
    // Each install has to fetch, as the first one has.
    programs: ["npm"],
    before: `echo '{ "dependencies": { "is-even": "1.0.0" } }' >package.json
cat >../bin/npm <<END
#!/bin/sh
rm -rf node_modules package-lock.json ~/.npm
exec "$(command -v npm)" "\\$@"
END
chmod +x ../bin/npm`,
  },
  "policy.md": {
    config: '[network]\nenabled = true\nallow_unix_sockets = ["/var/run/docker.sock"]\n',
    isRunning: true,
  },
  "requirements.md": {
    before:
      `printf '[experimental_network]\nenabled = true\nmode = "limited"\n' >requirements.toml`,
  },
};

/** What cannot be typed here, and why. */
interface Untyped {
  readonly page: string;
  /** A command as it stands there, or the heading above commands. */
  readonly what: string;
  readonly why: string;
}

const UNTYPED: readonly Untyped[] = [
  { page: "contributing.md", what: "Contributing", why: "the tests are running" },
  ...["By the install script", "By hand", "Uninstall"].map((what) => ({
    page: "install.md",
    what,
    why: "tests/release/install_page_test.ts does it, with a release of its own",
  })),
  { page: "install.md", what: "By Homebrew", why: "there is no Homebrew here" },
  {
    page: "install.md",
    what: "Is it what it says it is?",
    why: "it asks GitHub about a release",
  },
  { page: "install.md", what: "ulimit -n 65536", why: "a container may not" },
  {
    page: "library.md",
    what: "From Node",
    why: "it needs the real registry; tests/journeys/node_package_test.ts does it",
  },
  ...[
    "deno task bench",
    "deno task bench --only start-up",
    'deno task profile "plain HTTP, kept, 64"',
    "deno test --allow-all tests/journeys/memory_test.ts tests/journeys/intercept_memory_test.ts",
  ].map((what) => ({ page: "performance.md", what, why: "it takes many minutes" })),
  {
    page: "run.md",
    what:
      "doorward run --allow github.com:22 -- ssh -o ProxyCommand='doorward connect %h %p' git@github.com",
    why: "nobody here is called git; tests/journeys/connect_test.ts goes through as somebody else",
  },
];

const root = await Deno.realPath(`${import.meta.dirname}/../..`);
const pages = await readPages();

for (const [page, commands] of pages) {
  const typed = commands.filter((command) =>
    !UNTYPED.some((entry) => entry.page === page && isMeant(entry, command))
  );
  if (typed.length === 0) continue;
  const scene = SCENES[page] ?? {};
  testWithSites(
    `docs/${page}: every command does what the page says`,
    ["curl", ...scene.programs ?? []],
    async (internet) => {
      await using reader = await makeReader(internet, internet.clone, scene);
      for (const command of typed) await typeIn(command, `docs/${page}`, reader);
    },
  );
}

Deno.test("what is said here of a page in docs/ is said of one that is there", () => {
  assertEquals(Object.keys(SCENES).filter((page) => !pages.has(page)), []);
  const stale = UNTYPED.filter((entry) =>
    !pages.get(entry.page)?.some((command) => isMeant(entry, command))
  );
  assertEquals(stale, []);
});

async function readPages(): Promise<Map<string, Command[]>> {
  const read: [string, Command[]][] = [];
  for await (const { name } of Deno.readDir(`${root}/docs`)) {
    if (!name.endsWith(".md")) continue;
    const commands = commandsOf(await Deno.readTextFile(`${root}/docs/${name}`));
    if (commands.length > 0) read.push([name, commands]);
  }
  return new Map(read.sort());
}

function isMeant({ what }: Untyped, { text, heading }: Command): boolean {
  return what === text || what === heading;
}
