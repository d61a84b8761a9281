import { assertEquals } from "@std/assert";
import { chooseSyntax } from "../../../src/config/surfaces/choose_syntax.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { plain, print, tableOf } from "../load.ts";

/** `syntax value`, why, and the faults. */
function choose(files: readonly string[], flags: readonly string[]) {
  const findings = new Findings();
  const chosen = chooseSyntax(files.map(tableOf), flags.map(tableOf), findings);
  const faults = print(findings.faults());
  if (chosen === null) return [null, null, faults];
  return [`${chosen.syntax} ${plain(chosen.selected.value)}`, chosen.why, faults];
}

const p = (name: string) => `default_permissions = "${name}"`;
const s = (mode: string) => `sandbox_mode = "${mode}"`;
const AT = "config.toml:1:1";

/** Files and flags, lowest first; what is chosen, why, and the faults. */
const CHOICES: readonly (readonly [string[], string[], ...ReturnType<typeof choose>])[] = [
  [[], [], null, null, []],
  [["", "permissions.p = {}\n[sandbox_workspace_write]"], [""], null, null, []],
  [[p("a")], [], "profile a", `default_permissions at ${AT}`, []],
  [[s("x")], [], "sandbox_mode x", `sandbox_mode at ${AT}`, []],
  [[p("a"), p("b")], [], "profile b", `default_permissions at ${AT}`, []],
  [[p("a"), s("x")], [], "sandbox_mode x", `sandbox_mode at ${AT}`, []],
  [[s("x"), p("a"), ""], [], "profile a", `default_permissions at ${AT}`, []],
  [
    [`${p("a")}\n${s("x")}`],
    [],
    "profile a",
    `default_permissions at ${AT}, which wins over sandbox_mode`,
    [],
  ],
  [[p("a")], [s("x")], "sandbox_mode x", "-c sandbox_mode", []],
  [[s("x")], [p("a")], "profile a", "-c default_permissions", []],
  [[p("a")], [s("x"), s("y")], "sandbox_mode y", "-c sandbox_mode", []],
  [
    [],
    [p("a"), s("x")],
    "sandbox_mode x",
    "-c sandbox_mode",
    ['1:1 "default_permissions" and "sandbox_mode" exclude each other: give one of them'],
  ],
];

for (const [files, flags, ...expected] of CHOICES) {
  Deno.test(`chooseSyntax() of ${JSON.stringify(files)}, flags ${JSON.stringify(flags)}`, () => {
    assertEquals(choose(files, flags), expected);
  });
}
