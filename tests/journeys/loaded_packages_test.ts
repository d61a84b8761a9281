// What is heavy is loaded by whoever needs it: each package is taken away in turn, and who does without runs all the same.
import { assertEquals, assertStringIncludes } from "@std/assert";
import denoJson from "../../deno.json" with { type: "json" };
import { doorwardWords, FREE_PORTS } from "../support/doorward_cli.ts";
import { runProgram, startProgram } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";

/** Where packages are looked for that were taken away. No such file is there. */
const GONE = "gone.js";
const LOCK = new URL("../../deno.lock", import.meta.url);

/** What is loaded late, if at all. */
const LATE = [
  "@opentelemetry/api",
  "@opentelemetry/otlp-transformer",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-metrics",
  "@peculiar/x509",
  "hono",
  "reflect-metadata",
  "tldts",
  "node:tls",
  "node:http2",
] as const;

/** The words of a command line in a world without these packages. */
async function wordsWithout(
  packages: readonly string[],
  args: readonly string[],
  scratch: Scratch,
): Promise<readonly string[]> {
  const gone = `file://${scratch.folder}/${GONE}`;
  const imports = Object.fromEntries(packages.map((name) => [name, gone]));
  const { unstable } = denoJson;
  const config = await scratch.write(
    "deno.json",
    JSON.stringify({ unstable, imports: { ...denoJson.imports, ...imports } }),
  );
  const lock = await scratch.write("deno.lock", await Deno.readTextFile(LOCK));
  const [deno, run, ...rest] = doorwardWords("doorward", args);
  return [deno!, run!, "--config", config, "--lock", lock, "--cached-only", ...rest];
}

/** Commands that need none of them, and their exit codes. */
const LIGHT: readonly (readonly [readonly string[], number])[] = [
  [["version"], 0],
  [["run", "--help"], 0],
  [["no-such-command"], 2],
  [["env"], 0],
  [["check"], 0],
  [["explain", "--allow", "a.test", "--no-lookup", "https://a.test/"], 0],
  [["config", "show"], 0],
  [["config", "schema"], 0],
  [["presets"], 0],
  [["init", "--stdout"], 0],
  [["audit", "schema"], 0],
  // Nobody is there to ask.
  [["blocked", "--admin", "http://127.0.0.1:1"], 125],
  [["connect", "--proxy", "http://127.0.0.1:1", "a.test:443"], 125],
  [["run", "--allow", "a.test", "--", "true"], 0],
];

for (const [args, code] of LIGHT) {
  Deno.test(`doorward ${args.join(" ")} needs none of the packages that are heavy`, async () => {
    await using scratch = await makeScratch();
    const { env, folder: cwd } = scratch;
    const ended = await runProgram(await wordsWithout(LATE, args, scratch), { env, cwd });
    assertEquals([ended.code, ended.stderr.includes(GONE)], [code, false], ended.stderr);
  });
}

/** Commands, their configurations, and what they need: it is missed. */
const HEAVY: readonly (readonly [readonly string[], string, string])[] = [
  [["ca", "path"], "", "@peculiar/x509"],
  [["check"], '[network]\nallowed_domains = ["*.a.test"]\n', "tldts"],
  [["run", "--", "true"], "[network]\nmitm = true\n", "@peculiar/x509"],
  [
    ["run", "--", "true"],
    '[otel.exporter.otlp-http]\nendpoint = "http://127.0.0.1:1"\nprotocol = "json"\n',
    "@opentelemetry/otlp-transformer",
  ],
  [["start", ...FREE_PORTS], "", "hono"],
];

for (const [args, toml, name] of HEAVY) {
  const what = `doorward ${args[0]}${toml === "" ? "" : ` with ${toml.trim().split("\n").at(-1)}`}`;
  Deno.test(`${what} needs ${name}`, async () => {
    await using scratch = await makeScratch();
    await scratch.configure(toml);
    const { env, folder: cwd } = scratch;
    const without = await runProgram(await wordsWithout([name], args, scratch), { env, cwd });
    assertStringIncludes(without.stderr, GONE);
  });
}

Deno.test("doorward start needs its routes, and nothing else that is heavy", async () => {
  await using scratch = await makeScratch();
  const { env, folder: cwd } = scratch;
  const others = LATE.filter((name) => name !== "hono");
  const words = await wordsWithout(others, ["start", ...FREE_PORTS], scratch);
  await using program = startProgram(words, { env, cwd });
  await program.stderr.until(/ listening on /);
  program.kill("SIGTERM");
  assertEquals((await program.ended).code, 0);
});
