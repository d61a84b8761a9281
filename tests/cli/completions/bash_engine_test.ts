import { assertEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import { BASH_ENGINE } from "../../../src/cli/completions/bash_engine.ts";

Deno.test("BASH_ENGINE says nothing that bash 3.2 does not know", () => {
  const later = [
    /\b(declare|local) -[An]/,
    /\b(mapfile|readarray|coproc)\b/,
    /\$\{\w+(\^|,|@)/,
    /\[-\d/,
    /\|&|&>>|;&/,
    /\[\[ -[vR] /,
    /%\(/,
  ];
  for (const pattern of later) assertNotMatch(BASH_ENGINE, pattern);
  // And compopt only where there is one.
  const calls = BASH_ENGINE.split("\n").filter((line) => /^ *compopt /.test(line));
  assertEquals(calls, ['    compopt "$@" 2>/dev/null']);
  assertStringIncludes(BASH_ENGINE, `  if type compopt >/dev/null 2>&1; then\n${calls[0]}\n`);
});
