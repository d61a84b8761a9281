import { assertEquals } from "@std/assert";
import { type Honours, KNOWN_TOOLS } from "../../../src/cli/doctor/known_tools.ts";
import { tableBelow } from "../../support/markdown.ts";

const page = await Deno.readTextFile(`${import.meta.dirname}/../../../docs/run.md`);

/** What docs/run.md calls it. */
const WORDS: Readonly<Record<Honours, string>> = {
  variables: "by the variables",
  run: "with `run` alone",
  version: "by the variables, from some version on",
  nothing: "not by itself",
};

Deno.test("docs/run.md has a row for every tool that is known, and no other", () => {
  const rows = KNOWN_TOOLS.map(({ tool, programs, honours, help }) => [
    tool,
    programs.map((name) => `\`${name}\``).join(", "),
    WORDS[honours],
    help,
  ]);
  assertEquals(tableBelow("Tools, one by one", page), rows);
});

Deno.test("no program is two tools", () => {
  const programs = KNOWN_TOOLS.flatMap((tool) => tool.programs);
  assertEquals(programs.length, new Set(programs).size);
});
