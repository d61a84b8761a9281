import { assertEquals } from "@std/assert";
import { faultsOf, load } from "./load.ts";

/** Each hook begins on line 4. */
const HEAD = '[network]\nmitm = true\nallowed_domains = ["a.test"]\n';
const MATCH = 'match = { methods = ["GET"], path_prefixes = ["/"] }';

Deno.test("readHooks() reads the shape of the original", async () => {
  const { policy, secretVariables } = await load(
    `${HEAD}[[network.mitm_hooks]]
host = "A.test"
[network.mitm_hooks.match]
methods = ["get", "POST"]
path_prefixes = ["/v1/", "pattern:/x/*/y", "/lit*"]
query = { page = ["1"] }
headers = { X-Id = [], Accept = ["literal:pattern:x"] }
[network.mitm_hooks.actions]
strip_request_headers = ["Authorization"]
inject_request_headers = [{ name = "Authorization", secret_env_var = "TOKEN", prefix = "Bearer " }]
`,
    { env: { TOKEN: "s3cret" } },
  );
  const [rule] = policy.requestRules;
  assertEquals(rule!.host, { kind: "exact", name: "a.test", port: null });
  assertEquals(rule!.matches, {
    methods: ["GET", "POST"],
    paths: [
      { kind: "prefix", path: "/v1/" },
      {
        kind: "glob",
        segments: [
          { kind: "glob", pieces: ["x"] },
          { kind: "glob", pieces: ["", ""] },
          { kind: "glob", pieces: ["y"] },
        ],
      },
      { kind: "prefix", path: "/lit*" },
    ],
    query: [{ name: "page", values: [{ kind: "exact", text: "1" }] }],
    headers: [
      { name: "x-id", values: [] },
      { name: "accept", values: [{ kind: "exact", text: "pattern:x" }] },
    ],
    can: null,
  });
  assertEquals(rule!.actions.strip, ["authorization"]);
  // Upstream: compile_resolves_env_backed_injected_headers
  assertEquals(rule!.actions.inject.map(({ name, value }) => [name, value()]), [
    ["Authorization", "Bearer s3cret"],
  ]);
  assertEquals([rule!.origin.line, rule!.origin.column], [5, 8]);
  assertEquals(
    rule!.text,
    "A.test get POST /v1/ pattern:/x/*/y /lit* query (page) headers (X-Id, Accept)",
  );
  assertEquals(secretVariables, ["TOKEN"]);
});

/** A hook, and what is said of it. */
const REFUSED: readonly (readonly [string, ...string[]])[] = [
  [MATCH, '4:11 a hook without a host: write host = "api.example.com"'],
  [
    `host = "*.a.test"\n${MATCH}`,
    '5:8 bad host "*.a.test": a hook is for one host; write a wildcard in [network.rules]',
  ],
  [`host = "http://a.test"\n${MATCH}`, '5:8 bad host "http://a.test": it is a URL'],
  [`host = 1\n${MATCH}`, '5:8 "host" is 1: expected text in quotes'],
  [
    'host = "a.test"',
    '4:11 a hook without "methods": write match.methods = ["GET"]',
    '4:11 a hook without "path_prefixes": write match.path_prefixes = ["/v1/"]',
  ],
  [
    'host = "a.test"\nmatch = { methods = [], path_prefixes = [] }',
    '6:21 "methods" is an empty list',
    '6:41 "path_prefixes" is an empty list',
  ],
  ['host = "a.test"\nmatch = 1', '6:9 "match" is 1: expected a table'],
  // Upstream: validate_rejects_body_matchers_for_now
  [
    `host = "a.test"\n${MATCH.replace(" }", ", body = {} }")}`,
    '6:53 "body" cannot be matched: remove it',
  ],
  [
    `host = "a.test"\n${MATCH.replace(" }", ", query = { a = [] } }")}`,
    '6:67 "query.a" is an empty list',
  ],
  // Upstream: validate_rejects_invalid_wildcard_path_pattern
  [
    `host = "a.test"\n${MATCH.replace('"/"', '"pattern:/[a"')}`,
    '6:47 bad "pattern:/[a" in "path_prefixes"',
  ],
  [`host = "a.test"\n${MATCH}\naction = {}`, '7:1 unknown key "action": did you mean "actions"?'],
  [
    `host = "a.test"\n${MATCH}\nactions = { strip_headers = [] }`,
    '7:13 unknown key "strip_headers"',
  ],
  [
    `host = "a.test"\n${MATCH}\nactions = { strip_request_headers = ["a b"] }`,
    '7:38 bad "a b" in "strip_request_headers": it is no name of a header',
  ],
  [
    `host = "a.test"\n${MATCH}\nactions = { inject_request_headers = ["s3cret"] }`,
    '7:39 an element of "inject_request_headers" is not a table',
  ],
  [
    `host = "a.test"\n${MATCH}\nactions = { inject_request_headers = "s3cret" }`,
    '7:38 "inject_request_headers" is not a list of tables: write { name =',
  ],
  [
    `host = "a.test"\n${MATCH}\nactions = { inject_request_headers = [{ secret_env_var = "T" }] }`,
    '7:39 no "name": write the name of the header',
  ],
  [
    `host = "a.test"\n${MATCH}\nactions = { inject_request_headers = [{ name = "A" }] }`,
    '7:39 no secret: write secret_env_var = "NAME", or secret_file = "/absolute/path"',
  ],
  // Upstream: validate_rejects_dual_secret_sources
  [
    `host = "a.test"\n${MATCH}\nactions = { inject_request_headers = [{ name = "A", secret_env_var = "T", secret_file = "/x" }] }`,
    '7:75 both "secret_env_var" and "secret_file": a secret comes from one of them',
  ],
  // Upstream: validate_rejects_relative_secret_file
  [
    `host = "a.test"\n${MATCH}\nactions = { inject_request_headers = [{ name = "A", secret_file = "x" }] }`,
    '7:67 "secret_file" is not absolute: write the whole path',
  ],
  [
    `host = "a.test"\n${MATCH}\nactions = { inject_request_headers = [{ name = "te", secret_env_var = "T" }] }`,
    '7:48 bad header "te": Doorward writes this header itself',
  ],
  [
    `host = "a.test"\n${MATCH}\nactions = { inject_request_headers = [{ name = "A", secret_env_var = "T", secret = "s3cret" }] }`,
    '7:75 unknown key "secret"',
  ],
];

for (const [hook, ...expected] of REFUSED) {
  Deno.test(`readHooks() refuses ${JSON.stringify(hook)}`, async () => {
    const faults = await faultsOf(`${HEAD}[[network.mitm_hooks]]\n${hook}`, { env: { T: "t" } });
    assertEquals(faults.length, expected.length, faults.join("\n"));
    const brief = (fault: string, at: number) => fault.slice(0, expected[at]!.length);
    assertEquals(faults.map(brief), [...expected]);
    assertEquals(faults.join().includes("s3cret"), false);
  });
}

// Upstream: validate_allows_hooks_in_full_mode, validate_requires_mitm_for_hooks (request_rules_test.ts).
Deno.test("readHooks() says what a list of hooks looks like", async () => {
  assertEquals(await faultsOf(`${HEAD}mitm_hooks = {}`), [
    '4:14 "mitm_hooks" is a table: expected a list: write [[network.mitm_hooks]]',
  ]);
  assertEquals(await faultsOf(`${HEAD}mitm_hooks = ["x"]`), [
    '4:15 "mitm_hooks" is "x": expected a table: write [[network.mitm_hooks]]',
  ]);
});
