import { assertEquals } from "@std/assert";
import {
  assignments,
  evaluation,
  likelyShell,
  type Shell,
  shellQuote,
} from "../../../src/library/env/shell_quote.ts";

/** Words, and how each shell is told them: sh, fish, PowerShell. */
const QUOTED: readonly (readonly [string, string, string, string])[] = [
  ["curl", "curl", "curl", "curl"],
  ["http://127.0.0.1:3128", ...three("http://127.0.0.1:3128")],
  ["--allow=a_b.test", ...three("--allow=a_b.test")],
  ["", ...three("''")],
  ["two words", ...three("'two words'")],
  ["http://[::1]:80", ...three("'http://[::1]:80'")],
  ["$HOME `id` $(id)", ...three("'$HOME `id` $(id)'")],
  ["*.a.test", ...three("'*.a.test'")],
  ["=ls", ...three("'=ls'")],
  ["~", ...three("'~'")],
  ["a;b|c&d", ...three("'a;b|c&d'")],
  ["line\nline", ...three("'line\nline'")],
  ["it's", "'it'\\''s'", "'it\\'s'", "'it''s'"],
  ["\\", "'\\'", "'\\\\'", "'\\'"],
  ["a,b", "a,b", "a,b", "'a,b'"],
  ["it\u2019s", "'it\u2019s'", "'it\u2019s'", "'it\u2019\u2019s'"],
];

function three(text: string): [string, string, string] {
  return [text, text, text];
}

for (const [word, sh, fish, powershell] of QUOTED) {
  Deno.test(`shellQuote() of ${JSON.stringify(word)}`, () => {
    const quoted = (["sh", "fish", "powershell"] as const).map((shell) => shellQuote(word, shell));
    assertEquals(quoted, [sh, fish, powershell]);
  });
}

Deno.test("assignments() sets variables for the session", () => {
  const variables = { A: "x y", B: "http://127.0.0.1:1" };
  assertEquals(assignments(variables, "sh"), "export A='x y' B=http://127.0.0.1:1");
  assertEquals(assignments(variables, "fish"), "set -gx A 'x y'; set -gx B http://127.0.0.1:1");
  assertEquals(
    assignments(variables, "powershell"),
    "$env:A = 'x y'; $env:B = 'http://127.0.0.1:1'",
  );
});

Deno.test("evaluation() runs what a command prints", () => {
  assertEquals(evaluation("doorward env", "sh"), 'eval "$(doorward env)"');
  assertEquals(evaluation("doorward env", "fish"), "doorward env | source");
  assertEquals(
    evaluation("doorward env", "powershell"),
    "doorward env | Out-String | Invoke-Expression",
  );
});

/** `SHELL`, the system, and the shell that is probably meant. */
const LIKELY: readonly (readonly [string | undefined, string, Shell])[] = [
  ["/bin/bash", "linux", "sh"],
  ["/usr/bin/fish", "linux", "fish"],
  ["/opt/pwsh", "darwin", "powershell"],
  [undefined, "linux", "sh"],
  [undefined, "windows", "powershell"],
  ["C:\\Program Files\\Git\\usr\\bin\\bash.exe", "windows", "sh"],
];

for (const [shell, os, expected] of LIKELY) {
  Deno.test(`likelyShell() of SHELL=${shell} on ${os} is ${expected}`, () => {
    assertEquals(likelyShell(shell === undefined ? {} : { SHELL: shell }, os), expected);
  });
}
