import { assertEquals } from "@std/assert";
import { DECIDER_DEFAULTS, readDecider } from "../../src/config/decider_table.ts";
import { Findings } from "../../src/config/toml/findings.ts";
import { parseTomlDocument } from "../../src/config/toml/toml_document.ts";
import type { LocatedTable } from "../../src/config/toml/located.ts";
import { makeScratch } from "../support/scratch.ts";
import { faultsOf, faultsOfLayers, load, loadLayers, noticesOf, print } from "./load.ts";

const USER = [{ name: "user" }] as const;

async function read(text: string, file = "/etc/me/config.toml") {
  const findings = new Findings();
  const table = parseTomlDocument(text, file) as LocatedTable;
  const decider = await readDecider(table, USER, findings);
  return [decider, print(findings.faults())];
}

Deno.test("readDecider() reads a command, and runs it in the folder of its file", async () => {
  assertEquals(await read('decider = { command = ["python3", "decide.py"] }'), [{
    asks: { kind: "command", words: ["python3", "decide.py"], folder: "/etc/me" },
    timeoutMs: DECIDER_DEFAULTS.timeout_seconds * 1000,
    concurrency: DECIDER_DEFAULTS.concurrency,
  }, []]);
});

Deno.test("readDecider() finds a program with a slash from the folder of its file", async () => {
  await using scratch = await makeScratch();
  const program = await scratch.write("bin/decide", "");
  const file = `${scratch.folder}/config.toml`;
  const asks = { kind: "command", words: [program], folder: scratch.folder };
  for (const written of ["bin/decide", "./bin/decide", program]) {
    const [decider] = await read(`decider = { command = ["${written}"] }`, file);
    assertEquals((decider as { asks: unknown } | null)?.asks, asks);
  }
});

Deno.test("readDecider() reads a URL, a time and a number", async () => {
  const text = 'decider = { url = "https://a.test/x", timeout_seconds = 60, concurrency = 1 }';
  assertEquals(await read(text), [{
    asks: { kind: "url", url: new URL("https://a.test/x") },
    timeoutMs: 60_000,
    concurrency: 1,
  }, []]);
});

Deno.test("readDecider() is null where nothing is written, and where a higher layer emptied it", async () => {
  assertEquals(await read(""), [null, []]);
  assertEquals(await read('decider = { command = [], url = "" }'), [null, []]);
  const user = '[network.decider]\ncommand = ["decide"]';
  const emptied = await loadLayers({ user }, ["network.decider.command=[]"]);
  assertEquals([emptied.decider, emptied.asksDecider], [null, false]);
  const other = ["network.decider.command=[]", "network.decider.url=https://a.test/"];
  assertEquals((await loadLayers({ user }, other)).decider?.asks.kind, "url");
});

Deno.test("loadConfig() has a decider of a profile, too", async () => {
  const text = `default_permissions = "dev"
[permissions.dev.network]
enabled = true
decider = { command = ["decide"] }
`;
  const { decider, asksDecider } = await load(text);
  assertEquals([decider?.asks.kind, asksDecider], ["command", true]);
});

const REFUSED = '"decider" is not for the file of a project, which would choose who decides: ' +
  "write it into the file of your home folder";

/** What a trusted project writes, below a user's decider, and where that is refused. */
const PROJECTS: readonly (readonly [string, string])[] = [
  ['[network.decider]\ncommand = ["./evil"]', "2:1"],
  ['[network]\ndecider.url = "https://evil.test/"', "2:9"],
  ["[network.decider]\ntimeout_seconds = 60", "2:1"],
  ['[network]\ndecider = "x"', "2:11"],
  ["[network]\ndecider = []", "2:11"],
];

for (const [project, at] of PROJECTS) {
  Deno.test(`loadConfig() takes no decider of a project: ${JSON.stringify(project)}`, async () => {
    const layers = { user: '[network.decider]\ncommand = ["decide"]', project };
    assertEquals(await faultsOfLayers(layers), [`project:${at} ${REFUSED}`]);
    assertEquals(await faultsOfLayers({ project }), [`project:${at} ${REFUSED}`]);
  });
}

Deno.test("loadConfig() takes no decider of a project's profile", async () => {
  const project = 'default_permissions = "dev"\n[permissions.dev.network]\nenabled = true\n' +
    'decider = { command = ["./evil"] }';
  assertEquals(await faultsOfLayers({ project }), [`project:4:13 ${REFUSED}`]);
});

Deno.test("loadConfig() takes the decider of whoever trusts a project", async () => {
  const layers = {
    user: '[network.decider]\ncommand = ["decide"]',
    project: "[network]\nask = true",
  };
  assertEquals((await loadLayers(layers)).decider?.asks.kind, "command");
});

Deno.test("loadConfig() takes a decider of a file that is another program's, too", async () => {
  const text = 'model = "x"\n[network.decider]\ncommand = ["decide"]';
  assertEquals((await load(text, { foreignKeys: true })).decider?.asks.kind, "command");
});

Deno.test("loadConfig() does not say that everything is blocked where a decider is asked", async () => {
  assertEquals((await noticesOf("[network]")).length, 1);
  assertEquals(await noticesOf('[network.decider]\ncommand = ["decide"]'), []);
});

Deno.test("loadConfig() shows nothing of the URL of a decider", async () => {
  const url = "https://me:s3cret@a.test/s3cret";
  const { sources, decider } = await load(null, { overrides: [`network.decider.url=${url}`] });
  assertEquals(decider?.asks, { kind: "url", url: new URL(url) });
  assertEquals(sources[1], "-c network.decider.url=https://…@a.test/…");
  const faults = [
    ...await faultsOf(null, { overrides: ["network.decider.url=http://a.test/s3cret"] }),
    ...await faultsOf(null, { overrides: ['network.decider.url=["https://a.test/s3cret"]'] }),
    ...await faultsOf(null, { overrides: ['network={decider={url="http://a.test/s3cret",x=1}}'] }),
    ...await faultsOf("[network]\ndecider.url = https://a.test/s3cret"),
  ];
  assertEquals(faults.length, 5);
  assertEquals(faults.filter((fault) => fault.includes("s3cret")), []);
});

Deno.test("readDecider() says of a decider that is no table what to write", async () => {
  const message = '1:11 "decider" is "decide": expected a table: write [network.decider]';
  assertEquals(await read('decider = "decide"'), [null, [message]]);
});

Deno.test("readDecider() takes a command of 256 words, and not of 257", async () => {
  const command = (count: number) => `decider = { command = ${JSON.stringify(wordsOf(count))} }`;
  assertEquals((await read(command(256)))[1], []);
  const message = '1:23 "decider.command" has more than 256 words';
  assertEquals(await read(command(257)), [null, [message]]);
});

function wordsOf(count: number): readonly string[] {
  return Array.from({ length: count }, () => "decide");
}
