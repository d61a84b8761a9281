import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { cli } from "../../src/cli/cli.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import { fakeSurroundings } from "./fake_surroundings.ts";

/** What one command line prints, and its exit code. */
async function init(env: Readonly<Record<string, string>>, ...words: readonly string[]) {
  const here = fakeSurroundings({ env, os: Deno.build.os });
  const code = await cli(["init", ...words], here);
  return { code, ...here.printed() };
}

async function isThere({ configFile }: Scratch): Promise<boolean> {
  return await Deno.stat(configFile).then(() => true, () => false);
}

Deno.test("init writes the file of the home folder, and says what and where", async () => {
  await using scratch = await makeScratch();
  const { code, out, err } = await init(scratch.env, "--add", "npm,pypi");
  assertEquals([code, err], [0, ""]);
  assertEquals(out.split("\n").slice(0, 5), [
    `wrote ${scratch.configFile}`,
    "  balanced: mode full, 3 allow rules, 0 deny rules, asks about what is not listed",
    "  presets npm, pypi",
    "next:",
    "  doorward explain https://registry.npmjs.org",
  ]);
  const text = await Deno.readTextFile(scratch.configFile);
  assertStringIncludes(text, 'presets = [\n  "npm",\n  "pypi",\n]\n');
});

Deno.test("init --stdout prints the same, and writes nothing", async () => {
  await using scratch = await makeScratch();
  const words = ["--preset", "locked-down", "--add", "github:read", "--allow", "a.test"];
  const printed = await init(scratch.env, ...words, "--stdout");
  assertEquals([printed.code, await isThere(scratch)], [0, false]);
  assertEquals((await init(scratch.env, ...words)).code, 0);
  assertEquals(await Deno.readTextFile(scratch.configFile), printed.out);
});

Deno.test("init leaves alone what is there", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.configure("# mine\n");
  const { code, out, err } = await init(scratch.env);
  assertEquals([code, out], [125, ""]);
  assertStringIncludes(err, `doorward: ${file}: cannot write this file: it is there already`);
  assertEquals(await Deno.readTextFile(file), "# mine\n");
});

Deno.test("init --config writes another file, which the next commands need as well", async () => {
  await using scratch = await makeScratch();
  const file = `${scratch.folder}/new/a b.toml`;
  const { code, out } = await init(scratch.env, "--config", file);
  assertEquals([code, await isThere(scratch)], [0, false]);
  assertStringIncludes(await Deno.readTextFile(file), "[network]");
  assertStringIncludes(out, `  doorward start --config '${file}'\n`);
});

Deno.test("init keeps out of a folder that is another program's", async () => {
  await using scratch = await makeScratch();
  const { code, err } = await init({ CODEX_HOME: scratch.folder });
  assertEquals([code, err], [
    125,
    `doorward: Cannot tell where to write: ${scratch.folder} (CODEX_HOME) is another program's; ` +
    "set DOORWARD_HOME, or --config FILE\n",
  ]);
  await assertRejects(() => Deno.stat(`${scratch.folder}/config.toml`), Deno.errors.NotFound);
});

Deno.test("init says when there is no home folder", async () => {
  assertEquals(await init({}), {
    code: 125,
    out: "",
    err: "doorward: Cannot tell where to write: there is no home folder; set DOORWARD_HOME, or " +
      "--config FILE\n",
  });
});

Deno.test("init writes no pattern that could not be loaded", async () => {
  await using scratch = await makeScratch();
  for (const host of ["*", "*.com", "a b"]) {
    const { code, err } = await init(scratch.env, "--allow", "good.test", "--allow", host);
    assertEquals([code, await isThere(scratch)], [2, false], err);
    assertStringIncludes(err, `doorward: Cannot allow "${host}": `);
  }
});

Deno.test("init warns of what it opens, and says nothing when it is to be quiet", async () => {
  await using scratch = await makeScratch();
  const { err } = await init(scratch.env, "--preset", "open");
  assertStringIncludes(err, "DANGEROUS: every host that is not denied is allowed");
  const file = `${scratch.folder}/quiet.toml`;
  assertEquals(await init(scratch.env, "-q", "--preset", "open", "--config", file), {
    code: 0,
    out: "",
    err: "",
  });
});
