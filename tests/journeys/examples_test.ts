// Each example in docs/examples does what its page says, in a network in which real names lead to servers of ours.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { makeReader, typeIn } from "../support/docs_reader.ts";
import { commandsOf } from "../support/markdown.ts";
import type { NamedInternet } from "../support/namespace/named_internet.ts";
import { testWithSites } from "../support/namespace/test_with_sites.ts";

const examples = `${await Deno.realPath(`${import.meta.dirname}/../..`)}/docs/examples`;

/** What each example reaches when its commands have been typed, each once, in the order of the alphabet. */
const REACHES: Readonly<Record<string, readonly string[]>> = {
  "agent": [
    "GET github.com/my-org/sandbox/info/refs?service=git-receive-pack",
    "GET github.com/my-org/tools/info/refs?service=git-upload-pack",
    "GET registry.npmjs.org/is-even",
    "GET registry.npmjs.org/is-even/-/is-even-1.0.0.tgz",
    "POST github.com/my-org/sandbox/git-receive-pack",
    "POST github.com/my-org/tools/git-upload-pack",
  ],
  "ci-step": [
    "GET registry.npmjs.org/is-even",
    "GET registry.npmjs.org/is-even/-/is-even-1.0.0.tgz",
  ],
  "decider": ["GET example.com/", "GET example.org/"],
  "embed": ["GET example.com/"],
  "only-way-out": ["GET example.com/"],
  "team": [],
};

/** What the examples are made of. */
const NEEDED = ["curl", "npm", "python3", "bwrap", "socat", "setpriv"];

for (const [name, reaches] of Object.entries(REACHES)) {
  testWithSites(
    `docs/examples/${name} does what its page says, and reaches what it may`,
    NEEDED,
    async (internet) => {
      const folder = folderOf(name, internet);
      await using reader = await makeReader(internet, folder, {});
      const page = await Deno.readTextFile(`${folder}/README.md`);
      const commands = commandsOf(page);
      assert(commands.length > 0);
      for (const command of commands) {
        await typeIn(command, `docs/examples/${name}/README.md`, reader);
      }
      const arrived = new Set(await internet.arrived());
      assertEquals([...arrived].sort(), [...reaches]);
    },
  );
}

Deno.test("every example has a short page, and a place in the list", async () => {
  const index = await Deno.readTextFile(`${examples}/README.md`);
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(examples)) {
    if (!isDirectory) continue;
    names.push(name);
    assertStringIncludes(index, `](${name}/README.md)`);
    const page = await Deno.readTextFile(`${examples}/${name}/README.md`);
    assert(page.trimEnd().split("\n").length <= 20, name);
  }
  assertEquals(names.sort(), Object.keys(REACHES));
});

/** Ways past a proxy, each of which reaches something where nothing stands in its way. */
const WAYS_PAST = [
  "curl -sS --noproxy '*' http://example.com",
  "curl -sS --noproxy '*' http://93.184.216.34",
  "curl -sS --noproxy '*' http://127.0.0.1",
  "curl -sS --noproxy '*' --unix-socket /run/docker.sock http://docker/version",
  "getent hosts example.com",
];

testWithSites(
  "docs/examples/only-way-out leaves no way past the proxy",
  NEEDED,
  async (internet) => {
    const folder = folderOf("only-way-out", internet);
    await using reader = await makeReader(internet, folder, {});
    const run = "doorward run --config doorward.toml --";
    for (const way of WAYS_PAST) {
      const { code, printed } = await reader.shell.run(`${run} ${way}`);
      assertEquals(code, 0, `${way}: ${printed}`);
    }
    const before = await internet.arrived();
    assertEquals(before.length, WAYS_PAST.length - 1);
    for (const way of WAYS_PAST) {
      const { code, printed } = await reader.shell.run(`${run} ./only-way-out.sh ${way}`);
      assert(code !== 0, `${way}: ${printed}`);
    }
    assertEquals(await internet.arrived(), before);
    const rights = await reader.shell.run(`${run} ./only-way-out.sh grep CapBnd /proc/self/status`);
    assertEquals(rights.printed, `CapBnd:\t${"0".repeat(16)}\n`);
    // It is the door that is narrow, not the room that is empty.
    const { printed } = await reader.shell.run(
      `${run} ./only-way-out.sh curl -sS http://example.com`,
    );
    assertStringIncludes(printed, "Example Domain");
  },
);

testWithSites(
  "docs/examples/only-way-out ends with its command, and leaves nothing behind",
  NEEDED,
  async (internet) => {
    const folder = folderOf("only-way-out", internet);
    await using reader = await makeReader(internet, folder, {});
    const run = `TMPDIR=$PWD doorward run --config doorward.toml -- ./only-way-out.sh`;
    const files = (await reader.shell.type("ls -A")).trimEnd();
    const ended = await reader.shell.run(`${run} sh -c 'echo out >&2; exit 7'`);
    assertEquals(ended, { code: 7, printed: "out\n" });
    // The far end of the door goes a moment later.
    await reader.shell.type(`until [ "$(ls -A)" = '${files}' ]; do sleep 0.05; done`);
  },
);

/** Where an example lies in the clone. */
function folderOf(name: string, { clone }: NamedInternet): string {
  return `${clone}/docs/examples/${name}`;
}
