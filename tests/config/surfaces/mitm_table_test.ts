import { assertEquals } from "@std/assert";
import { readHooks } from "../../../src/config/mitm_hooks.ts";
import { hooksOf } from "../../../src/config/surfaces/mitm_table.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { plain, print, tableOf } from "../load.ts";

function hooks(text: string): [unknown, readonly string[]] {
  const findings = new Findings();
  return [plain(hooksOf(tableOf(text), findings)), print(findings.faults())];
}

const WHOLE = `[hooks.write]
host = "api.test"
methods = ["POST"]
path_prefixes = ["/repos/"]
query = { a = ["1"] }
headers = { b = ["2"] }
action = ["strip", "inject", "more"]
[hooks.read]
host = "b.test"
methods = ["GET"]
path_prefixes = ["/"]
[actions.strip]
strip_request_headers = ["authorization"]
[actions.inject]
inject_request_headers = [{ name = "x-key", secret_env_var = "KEY", prefix = "Bearer " }]
[actions.more]
strip_request_headers = ["cookie"]
`;

Deno.test("hooksOf() puts into each hook what it matches, and what its actions do", () => {
  const key = { name: "x-key", secret_env_var: "KEY", prefix: "Bearer " };
  assertEquals(hooks(WHOLE), [[
    {
      host: "api.test",
      match: {
        methods: ["POST"],
        path_prefixes: ["/repos/"],
        query: { a: ["1"] },
        headers: { b: ["2"] },
      },
      actions: {
        strip_request_headers: ["authorization", "cookie"],
        inject_request_headers: [key],
      },
    },
    {
      host: "b.test",
      match: { methods: ["GET"], path_prefixes: ["/"] },
      actions: {},
    },
  ], []]);
});

Deno.test("hooksOf() makes what readHooks() reads", () => {
  const findings = new Findings();
  const rules = readHooks(hooksOf(tableOf(WHOLE), findings), findings);
  assertEquals([print(findings.faults()), rules.map(({ strip }) => strip)], [
    [],
    [["authorization", "cookie"], []],
  ]);
});

const HOOK = 'hooks.h = { host = "a.test", action = ["x"] }\n';
const NO_HOOKS: readonly unknown[] = [];

const WRONG: readonly (readonly [string, unknown, ...string[]])[] = [
  ["", NO_HOOKS],
  ["hooks = {}\nactions = {}", NO_HOOKS],
  ["hooks = 1", NO_HOOKS, '1:9 "mitm.hooks" is 1: expected a table of tables'],
  ["actions = []", NO_HOOKS, '1:11 "mitm.actions" is an empty list: expected a table of tables'],
  ["hooks.h = 1", NO_HOOKS, '1:11 "mitm.hooks.h" is 1: expected a table'],
  ["actions.x = 1", NO_HOOKS, '1:13 "mitm.actions.x" is 1: expected a table'],
  [
    "enabled = true",
    NO_HOOKS,
    '1:1 unknown key "enabled": remove it; the keys of mitm are hooks, actions',
  ],
  [
    "actions.x = {}",
    NO_HOOKS,
    '1:13 the action "x" does nothing: write what to strip or to inject',
  ],
  [
    'actions.x = { strip = ["a"] }',
    NO_HOOKS,
    '1:15 unknown key "strip": remove it; ' +
    "the keys of mitm.actions.x are strip_request_headers, inject_request_headers",
  ],
  [
    'hooks.h = { host = "a.test", actoin = [] }',
    [{ host: "a.test", match: {}, actions: {} }],
    '1:30 unknown key "actoin": did you mean "action"?',
  ],
  [
    'hooks.h = { host = "a.test", action = [] }',
    [{ host: "a.test", match: {}, actions: {} }],
    '1:39 the hook "h" names no action: write some, or remove "action"',
  ],
  [
    HOOK,
    [{ host: "a.test", match: {}, actions: {} }],
    '1:39 there is no action "x": write it under mitm.actions',
  ],
  [
    `${HOOK}actions.y = { strip_request_headers = ["a"] }`,
    [{ host: "a.test", match: {}, actions: {} }],
    '1:39 there is no action "x": there are "y"',
  ],
  [
    'hooks.h = { host = "a.test", action = "x" }',
    [{ host: "a.test", match: {}, actions: {} }],
    '1:39 "action" is "x": expected a list, as in ["…"]',
  ],
];

for (const [text, expected, ...faults] of WRONG) {
  Deno.test(`hooksOf() of ${JSON.stringify(text).slice(0, 80)}`, () => {
    assertEquals(hooks(text), [expected, faults]);
  });
}
