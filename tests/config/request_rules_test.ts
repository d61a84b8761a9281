import { assertEquals } from "@std/assert";
import { httpTo } from "../support/policy.ts";
import { compilePolicy } from "../../src/policy/compile.ts";
import { faultsOf, type Flags, load, noticesOf } from "./load.ts";

/** What stands above `[network.rules]` in every case: its first line is 5. */
const HEAD = '[network]\nmitm = true\nallowed_domains = ["*.test"]\n[network.rules]\n';

async function rulesOf(text: string, flags?: Flags): Promise<string[]> {
  const { policy } = await load(HEAD + text, flags);
  return policy.requestRules.map(({ text, origin }) => `${origin.line}:${origin.column} ${text}`);
}

/** What may be written, and the rules that come of it. */
const READ: readonly (readonly [string, readonly string[]])[] = [
  ["", []],
  ['"a.test" = "read"', ["5:1 a.test read"]],
  ['"a.test" = ["read", "git-push:o/r"]', ["5:1 a.test read git-push:o/r"]],
  ['"a.test" = {}', ["5:1 a.test"]],
  ['"a.test" = { methods = ["get"], paths = ["/x/", "/y/*"] }', ["5:1 a.test get /x/ /y/*"]],
  ['"a.test" = { methods = "GET", can = "read" }', ["5:1 a.test GET read"]],
  [
    '"a.test" = { query = { q = "s3cret" }, headers = { A = [], b = "s3cret" } }',
    ["5:1 a.test query (q) headers (A, b)"],
  ],
  ['"a.test" = [{ methods = ["GET"] }, { can = "read" }]', ["5:13 a.test GET", "5:35 a.test read"]],
  ['["*.b.test:8443"]\ncan = ["read"]'.replace("[", "[network.rules."), [
    "5:16 *.b.test:8443 read",
  ]],
  ['[[network.rules."a.test"]]\ncan = "read"\n[[network.rules."a.test"]]\nmethods = "PUT"', [
    "5:18 a.test read",
    "7:18 a.test PUT",
  ]],
  ['"b.test" = "read"\n"a.test" = "write"', ["5:1 b.test read", "6:1 a.test write"]],
  [
    '"a.test" = "read"\n[[network.mitm_hooks]]\nhost = "b.test"\n' +
    'match = { methods = ["GET"], path_prefixes = ["/"] }',
    ["5:1 a.test read", "7:8 b.test GET /"],
  ],
];

for (const [text, expected] of READ) {
  Deno.test(`readRequestRules() reads ${JSON.stringify(text)}`, async () => {
    const found = await rulesOf(text);
    // Where a list of tables begins is for the reader of TOML to say.
    const plain = (rules: readonly string[]) => rules.map((rule) => rule.replace(/^\S+ /, ""));
    assertEquals(
      text.includes("[{") || text.includes("[network") ? plain(found) : found,
      text.includes("[{") || text.includes("[network") ? plain(expected) : expected,
    );
  });
}

Deno.test("readRequestRules() keeps what a rule matches and does", async () => {
  const { policy } = await load(`${HEAD.replace("mitm", "enabled = true\nmitm")}
"a.test" = { methods = ["*"], query = { page = ["1", "pattern:2*"], q = [] }, headers = { X-Id = [] }, strip = ["Cookie"] }
`);
  const [rule] = policy.requestRules;
  assertEquals(rule!.matches, {
    methods: null,
    paths: null,
    query: [
      { name: "page", values: [{ kind: "exact", text: "1" }, { kind: "glob", pieces: ["2", ""] }] },
      { name: "q", values: [] },
    ],
    headers: [{ name: "x-id", values: [] }],
    can: null,
  });
  assertEquals(rule!.actions, { strip: ["cookie"], inject: [] });
  const { decide } = compilePolicy(policy);
  const asked = httpTo("a.test", { path: "/?page=25&q", header: () => ["7"], method: "BREW" });
  assertEquals([decide(asked).verdict, decide(httpTo("a.test")).verdict], ["allow", "deny"]);
});

/** What may not be written, and what is said of it. */
const REFUSED: readonly (readonly [string, ...string[]])[] = [
  [
    '"a.test" = "reads"',
    '5:12 bad "reads" in "a.test": there is no such word; write one of read, write, git-fetch, git-push',
  ],
  ['"a.test" = []', '5:12 "a.test" is an empty list, and nothing matches it: remove it'],
  ['"a.test" = 1', '5:12 "a.test" is 1: expected text in quotes'],
  ['"a.test" = [{}, "read"]', '5:17 "a.test" is "read": expected a table like the others'],
  ['"*" = "read"', '5:1 bad host pattern "*": it matches every host'],
  [
    '"*.com" = "read"',
    '5:1 bad host pattern "*.com": "com" is a public suffix, anyone may register a name under it',
  ],
  ['"http://a.test" = "read"', '5:1 bad host pattern "http://a.test": it is a URL'],
  ['"a.test" = { method = "GET" }', '5:14 unknown key "method": did you mean "methods"?'],
  [
    '"a.test" = { methods = [] }',
    '5:24 "methods" is an empty list, and nothing matches it: remove it',
  ],
  [
    '"a.test" = { methods = ["GET IT"] }',
    '5:25 bad "GET IT" in "methods": it is no method; write GET',
  ],
  [
    '"a.test" = { paths = ["x", "/a/../b"] }',
    '5:23 bad "x" in "paths": a path begins with a slash; write "/x"',
    '5:28 bad "/a/../b" in "paths": it has a dot segment, or an empty one: servers differ in what they make of it, and no request matches',
  ],
  [
    '"a.test" = { query = "s3cret" }',
    '5:22 "query" is not a table: write query = { name = "value" }',
  ],
  ['"a.test" = { "b" = "read" }', '5:14 unknown key "b": remove it'],
  ['a.test = "read"', '5:1 a host without quotes is split at its dots: write "a.test"'],
  [
    'x.a.test = [{ methods = ["GET"] }]',
    '5:1 a host without quotes is split at its dots: write "x.a.test"',
  ],
  ['[network.rules.a.test]\nmethods = ["GET"]', "5:16 a host without quotes is split"],
  ['localhost = { method = "GET" }', '5:15 unknown key "method": did you mean "methods"?'],
  ["localhost = { net = 1 }", '5:15 unknown key "net": remove it'],
  ['localhost.method = "GET"', '5:11 unknown key "method": did you mean "methods"?'],
  [
    '"a.test" = { query = { a = "pattern:[s3cret]" } }',
    '5:28 bad a value in "query.a": only * stands for other characters; write \\[ for the character itself',
  ],
  ['"a.test" = { headers = { "a b" = [] } }', '5:26 "a b" is no name of a header'],
  [
    '"a.test" = { strip = ["Host"] }',
    '5:23 bad "Host" in "strip": Doorward writes this header itself',
  ],
  [
    '"a.test" = { inject = { Authorization = "s3cret" } }',
    '5:41 a secret is not written here: write inject = { Authorization = { env = "TOKEN", prefix = "Bearer " } }',
  ],
  [
    '"a.test" = { inject = "s3cret" }',
    '5:23 "inject" is not a table: write inject = { Authorization = { env = "TOKEN", prefix = "Bearer " } }',
  ],
  [
    '"a.test" = { inject = { content-length = { env = "A" } } }',
    '5:25 bad header "content-length": Doorward writes this header itself',
  ],
  ['"a.test" = { inject = { A = { env = "T" }, a = { env = "T" } } }', '5:44 "a" is put in twice'],
];

for (const [text, ...expected] of REFUSED) {
  Deno.test(`readRequestRules() refuses ${text}`, async () => {
    const faults = await faultsOf(HEAD + text, { env: { T: "t" } });
    assertEquals(faults.map((fault, at) => fault.slice(0, expected[at]?.length)), expected);
    assertEquals(faults.join().includes("s3cret"), false);
  });
}

Deno.test("readRequestRules() shows what is missing where nothing could be seen", async () => {
  const hook =
    '[[network.mitm_hooks]]\nhost = "a.test"\nmatch = { methods = ["GET"], path_prefixes = ["/"] }';
  assertEquals(
    await faultsOf(
      `[network]\nallowed_domains = ["a.test"]\nrules = { "a.test" = "read" }\n${hook}`,
    ),
    [
      '3:1 "rules" needs to see what tunnels carry: write mitm = true under [network]',
      '4:11 "mitm_hooks" needs to see what tunnels carry: write mitm = true under [network]',
    ],
  );
  assertEquals(await faultsOf("[network]\nask = true\nrules = {}\nmitm_hooks = []"), []);
});

Deno.test("readRequestRules() takes rules of -c, and prints none of them", async () => {
  const inject = '{"b.test"={inject={Authorization={env="T",prefix="s3cret "}}}}';
  const flags = { overrides: [`network.rules=${inject}`], env: { T: "t" } };
  const config = await load(`${HEAD}"a.test" = "read"`, flags);
  assertEquals(config.policy.requestRules.map(({ text }) => text), ["a.test read", "b.test"]);
  assertEquals(config.sources.at(-1), "-c network.rules=\u2026");
  const faults = await faultsOf(HEAD, {
    overrides: ['network.rules={"b.test"={inject={A="s3cret"}}}'],
  });
  assertEquals(faults, [
    '-c in "network.rules=\u2026": a secret is not written here: write inject = { Authorization = { env = "TOKEN", prefix = "Bearer " } }',
  ]);
});

Deno.test("readRequestRules() names the variables of secrets once", async () => {
  const text = '"a.test" = { inject = { A = { env = "T" }, B = { env = "U" } } }\n' +
    '"b.test" = { inject = { A = { env = "T" } } }';
  const config = await load(HEAD + text, { env: { T: "t", U: "u" } });
  assertEquals(config.secretVariables, ["T", "U"]);
  assertEquals((await load(HEAD)).secretVariables, []);
});

/** Texts, and what is said of interception. */
const NOTED: readonly (readonly [string, ...string[]])[] = [
  [HEAD, "2:1 nothing is intercepted: the mode is full, and there are no request rules"],
  [HEAD.replace("mitm = true", 'mitm = true\nmode = "limited"')],
  [`${HEAD}"a.test" = "read"`],
  [
    `${HEAD}"b.example" = "read"`,
    '5:1 no allow rule matches "b.example": its request rules allow nothing',
  ],
  [`${HEAD.replace("mitm", "ask = true\nmitm")}"b.example" = "read"`],
  ["[network]\nmitm = false\nask = true"],
];

for (const [text, ...expected] of NOTED) {
  Deno.test(`loadConfig() says of interception what it should of ${JSON.stringify(text)}`, async () => {
    assertEquals(await noticesOf(text), expected);
  });
}
