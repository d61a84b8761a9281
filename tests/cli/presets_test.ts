import { assertEquals, assertStringIncludes } from "@std/assert";
import { cli } from "../../src/cli/cli.ts";
import { PRESETS } from "../../src/config/presets/presets.ts";
import { fakeSurroundings } from "./fake_surroundings.ts";

/** What one command line prints. */
async function presets(...words: readonly string[]): Promise<string> {
  const here = fakeSurroundings();
  assertEquals(await cli(["presets", ...words], here), 0);
  const { out, err } = here.printed();
  assertEquals(err, "");
  return out;
}

Deno.test("presets lists each with its hosts, what it needs and what it is for", async () => {
  const lines = (await presets()).split("\n");
  assertEquals(lines.slice(0, PRESETS.length).map((line) => line.split(" ")[0]), [
    ...PRESETS.map(({ name }) => name),
  ]);
  const rows = lines.map((line) => line.split(/ {2,}/));
  assertEquals(rows.find(([name]) => name === "npm"), [
    "npm",
    "1 host",
    "packages of Node, Bun and Deno",
  ]);
  assertEquals(rows.find(([name]) => name === "github:read")?.slice(0, 3), [
    "github:read",
    "7 hosts",
    "mitm",
  ]);
  assertEquals(lines.slice(-5), [
    "",
    "mitm: only with mitm = true, which holds hosts to reading.",
    "What is in one: doorward presets show NAME",
    'To use it: presets = ["NAME"] under [network].',
    "",
  ]);
});

Deno.test("presets --json lists the same for programs", async () => {
  const list = JSON.parse(await presets("--json"));
  assertEquals(list.length, PRESETS.length);
  assertEquals(list[0], {
    name: "npm",
    summary: "packages of Node, Bun and Deno",
    hosts: 1,
    needs_mitm: false,
  });
});

Deno.test("presets show tells of each host what is to be known", async () => {
  assertEquals((await presets("show", "pypi")).split("\n"), [
    "pypi: packages of Python (pip, uv, Poetry)",
    "  pypi.org                any    2026-11-20  The index and the metadata of packages; publishing " +
    "goes to upload.pypi.org, which is not here.",
    "  files.pythonhosted.org  any    2026-11-20  The packages themselves.",
    "",
  ]);
  const held = await presets("show", "esm:read");
  assertStringIncludes(held, "  esm.sh  read  shared  2026-11-20  Packages of npm");
  assertStringIncludes(held, "It needs mitm = true, which holds hosts to reading.");
});

Deno.test("presets show --json prints it as it is", async () => {
  const preset = PRESETS.find(({ name }) => name === "homebrew")!;
  assertEquals(JSON.parse(await presets("show", "homebrew", "--json")), {
    ...preset,
    needs_mitm: true,
  });
});
