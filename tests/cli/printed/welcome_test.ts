import { assert, assertEquals } from "@std/assert";
import { welcome, type WelcomeFacts } from "../../../src/cli/printed/welcome.ts";
import { parseIp } from "../../../src/net/address/ip.ts";
import { VERSION } from "../../../src/library/version.ts";
import { plainText } from "../../support/plain_text.ts";

const CODE = "x".repeat(43);

const FACTS: WelcomeFacts = {
  policy: { mode: "full" },
  listener: { ip: parseIp("127.0.0.1")!, port: 3128 },
  dashboardLink: `http://127.0.0.1:8080/#code=${CODE}`,
  shell: "sh",
  envCommand: null,
};

function rows(columns: number | null, parts: Partial<WelcomeFacts> = {}): readonly string[] {
  return welcome({ ...FACTS, ...parts }, columns).map(plainText);
}

Deno.test("welcome() says in plain words what happens, what to paste, where to look, how to stop", () => {
  const expected = [
    `doorward ${VERSION} listening on http://127.0.0.1:3128, mode full`,
    "",
    "Nothing is allowed yet. Each new host is asked about, here and in the dashboard.",
    "",
    "For your command, in another terminal:",
    "  export http_proxy=http://127.0.0.1:3128 https_proxy=http://127.0.0.1:3128",
    "",
    "The dashboard (this link works once):",
    `  http://127.0.0.1:8080/#code=${CODE}`,
    "",
    "Ctrl-C stops it. To allow a host from the start, add: --allow HOST",
  ];
  assertEquals(rows(80), expected);
  assertEquals(rows(null), expected);
});

Deno.test("welcome() leaves out blank lines on a narrow terminal, and cuts no command", () => {
  assertEquals(rows(40), [
    `doorward ${VERSION} listening on`,
    "  http://127.0.0.1:3128, mode full",
    "Nothing is allowed yet. Each new host is",
    "asked about, here and in the dashboard.",
    "For your command, in another terminal:",
    "export http_proxy=http://127.0.0.1:3128",
    "export https_proxy=http://127.0.0.1:3128",
    "The dashboard (this link works once):",
    `http://127.0.0.1:8080/#code=${CODE}`,
    "Ctrl-C stops it. To allow a host from",
    "the start, add: --allow HOST",
  ]);
});

for (const columns of [40, 60, 80, 120]) {
  Deno.test(`welcome() takes twelve rows of ${columns} at most`, () => {
    const taken = rows(columns).map((row) => Math.max(1, Math.ceil(row.length / columns)));
    assert(taken.reduce((sum, each) => sum + each) <= 12);
  });
}

/** A shell, how wide the terminal is, and what is to be pasted. */
const PASTED: readonly (readonly [Partial<WelcomeFacts>, number, readonly string[]])[] = [
  [{ envCommand: "doorward env" }, 40, ['  eval "$(doorward env)"']],
  [{ envCommand: "doorward env", shell: "fish" }, 80, ["  doorward env | source"]],
  [{ shell: "fish" }, 80, [
    "  set -gx http_proxy http://127.0.0.1:3128",
    "  set -gx https_proxy http://127.0.0.1:3128",
  ]],
  [{ shell: "fish" }, 100, [
    "  set -gx http_proxy http://127.0.0.1:3128; set -gx https_proxy http://127.0.0.1:3128",
  ]],
  [{ shell: "powershell" }, 80, [
    "  $env:http_proxy = 'http://127.0.0.1:3128'",
    "  $env:https_proxy = 'http://127.0.0.1:3128'",
  ]],
];

for (const [facts, columns, lines] of PASTED) {
  Deno.test(`welcome() has "${lines[0]}" pasted on ${columns} columns`, () => {
    const all = rows(columns, facts);
    const begin = all.indexOf("For your command, in another terminal:") + 1;
    assertEquals(all.slice(begin, begin + lines.length), lines);
  });
}
