import { assertEquals } from "@std/assert";
import { explainTarget } from "../../../src/cli/explain_target.ts";
import type { Outcome } from "../../../src/cli/explain.ts";
import {
  type Explanation,
  explanationJson,
  explanationLines,
} from "../../../src/cli/printed/explanation.ts";
import { loadConfig } from "../../../src/config/config.ts";
import { ConnectError } from "../../../src/net/errors.ts";
import { parseIp } from "../../../src/net/address/ip.ts";
import type { Rule } from "../../../src/policy/rule.ts";
import type { UpstreamProxy } from "../../../src/proxy/upstream/upstream_proxy.ts";
import { NO_FLAGS } from "../../support/policy_flags.ts";

const RULE: Rule = {
  list: "allow",
  pattern: { kind: "exact", name: "a.test", port: null },
  text: "a.test",
  origin: { file: "f.toml", line: 3, column: 5 },
};

async function explanation(outcome: Outcome, part: Partial<Explanation> = {}) {
  return {
    asked: explainTarget("http://a.test/x", null),
    outcome,
    steps: [],
    config: await loadConfig({ overrides: [], allow: [], deny: [] }),
    policy: { ...NO_FLAGS },
    homeFile: "/home/me/config.toml",
    shell: "sh",
    ...part,
  } as const;
}

async function linesOf(outcome: Outcome, part: Partial<Explanation> = {}): Promise<string[]> {
  return explanationLines(await explanation(outcome, part)).map((line) =>
    line.map((piece) => typeof piece === "string" ? piece : piece.text).join("")
  );
}

const DENY = {
  verdict: "deny",
  reason: "not_allowed",
  source: "baseline_policy",
  rule: null,
  detail: "",
} as const;

const UPSTREAM: UpstreamProxy = {
  kind: "http",
  endpoint: { host: { kind: "name", name: "proxy.corp" }, port: 3128 },
  credentials: { user: "me", password: "secret" },
  source: "HTTPS_PROXY",
};

const SOCKET = explainTarget("unix:/run/a.sock", null);

/** Outcomes of a request to a unix socket, the paths that are listed, and the lines that tell them. */
const TOLD_OF_SOCKETS:
  readonly (readonly [string, Outcome, readonly string[], readonly string[]])[] = [
    ["a socket that is allowed", { verdict: "allow", socket: "/run/real.sock" }, [], [
      "allowed  GET unix:/run/a.sock  by allow_unix_sockets at -c, to /run/real.sock",
    ]],
    ["a socket that is not", DENY, [], [
      "blocked  GET unix:/run/a.sock  not_allowed: not in allow_unix_sockets",
      `to allow it once: doorward run -c 'network.allow_unix_sockets=["/run/a.sock"]' -- COMMAND`,
      'to allow it always: "/run/a.sock" in allow_unix_sockets of /home/me/config.toml',
    ]],
    ["one beside those that are listed", DENY, ["/run/b.sock"], [
      "blocked  GET unix:/run/a.sock  not_allowed: not in allow_unix_sockets",
      'to allow it: add "/run/a.sock" to allow_unix_sockets at -c',
    ]],
    ["one that is listed and leads elsewhere", DENY, ["/run/a.sock"], [
      "blocked  GET unix:/run/a.sock  not_allowed: not in allow_unix_sockets",
    ]],
    ["a mode", { ...DENY, reason: "method_not_allowed", source: "mode_guard" }, [], [
      "blocked  GET unix:/run/a.sock  method_not_allowed: limited mode is read-only: GET, HEAD and " +
      "OPTIONS, without a body or an upgrade",
      "to allow it once: doorward run --mode full -- COMMAND",
      'to allow it always: mode = "full" in /home/me/config.toml',
    ]],
  ];

for (const [what, outcome, listed, lines] of TOLD_OF_SOCKETS) {
  Deno.test(`explanationLines() tells of ${what}`, async () => {
    const overrides = [`network.allow_unix_sockets=${JSON.stringify(listed)}`];
    const read = await loadConfig({ overrides, allow: [], deny: [] });
    // No file was read: the home folder's is the one to write into.
    const config = { ...read, sources: ["built-in"] };
    assertEquals(await linesOf(outcome, { asked: SOCKET, config }), lines);
  });
}

/** Outcomes, and the lines that tell them. */
const TOLD: readonly (readonly [string, Outcome, readonly string[]])[] = [
  ["a rule that allows", {
    verdict: "allow",
    decision: { verdict: "allow", rule: RULE },
    addresses: [{ ip: parseIp("8.8.8.8")!, port: 80 }],
    via: null,
  }, ['allowed  GET http://a.test/x  by allow rule "a.test" at f.toml:3:5, to 8.8.8.8:80']],
  ["a way through another proxy, without its credentials", {
    verdict: "allow",
    decision: { verdict: "allow", rule: RULE },
    addresses: null,
    via: UPSTREAM,
  }, [
    'allowed  GET http://a.test/x  by allow rule "a.test" at f.toml:3:5, ' +
    "through http://proxy.corp:3128 (HTTPS_PROXY)",
  ]],
  ["no rule, where none is needed", {
    verdict: "allow",
    decision: { verdict: "allow", rule: null },
    addresses: null,
    via: null,
  }, [
    "allowed  GET http://a.test/x  nothing denies it, and everything that is not denied is " +
    "allowed; not looked up, its addresses must pass, too",
  ]],
  ["a miss", DENY, [
    "blocked  GET http://a.test/x  not_allowed: no allow rule names this host " +
    "(it is not denied either)",
    "to allow it once: doorward run --allow a.test -- COMMAND",
    'to allow it always: "a.test" in allowed_domains of /home/me/config.toml',
  ]],
  ["a question", { ...DENY, verdict: "ask" }, [
    "blocked  GET http://a.test/x  not_allowed: no allow rule names this host " +
    "(it is not denied either)",
    "ask is on: the request would wait for a person to answer",
    "to allow it once: doorward run --allow a.test -- COMMAND",
    'to allow it always: "a.test" in allowed_domains of /home/me/config.toml',
  ]],
  ["a rule that denies", { ...DENY, reason: "denied", rule: { ...RULE, list: "deny" } }, [
    "blocked  GET http://a.test/x  denied: a deny rule names this host " +
    '(deny rule "a.test" at f.toml:3:5)',
    "a deny rule always wins: only removing it helps",
  ]],
  ["a mode", {
    ...DENY,
    reason: "method_not_allowed",
    source: "mode_guard",
    detail: "the method is GOT",
  }, [
    "blocked  GET http://a.test/x  method_not_allowed: limited mode is read-only: GET, HEAD and " +
    "OPTIONS, without a body or an upgrade; the method is GOT",
    "to allow it once: doorward run --mode full -- COMMAND",
    'to allow it always: mode = "full" in /home/me/config.toml',
  ]],
  ["a name with a bad address", { ...DENY, reason: "not_allowed_local", detail: "it is private" }, [
    "blocked  GET http://a.test/x  not_allowed_local: this is a local, private or otherwise " +
    "special address; it is private",
  ]],
  ["a switch", { ...DENY, reason: "proxy_disabled", source: "proxy_state" }, [
    "blocked  GET http://a.test/x  proxy_disabled: the network proxy is disabled",
    "to switch it on: enabled = true in /home/me/config.toml",
  ]],
  ["a refusal", { verdict: "refused", status: 400, why: "the port is missing" }, [
    "refused  GET http://a.test/x  would be refused with 400: the port is missing",
  ]],
  ["a failure", {
    verdict: "unreachable",
    status: 504,
    error: new ConnectError("dns_timeout", "Cannot resolve the name in time"),
  }, [
    "failed  GET http://a.test/x  dns_timeout: the proxy would answer 504: " +
    "Cannot resolve the name in time",
  ]],
];

for (const [what, outcome, lines] of TOLD) {
  Deno.test(`explanationLines() tells ${what}`, async () => {
    assertEquals(await linesOf(outcome), lines);
  });
}

Deno.test("explanationLines() sets the steps out in columns", async () => {
  const steps = [
    { question: "proxy", answer: "enabled", rule: null },
    { question: "deny rules by name", answer: "no match", rule: null },
  ];
  const outcome = { ...DENY, reason: "own_listener" } as const;
  assertEquals((await linesOf(outcome, { steps })).slice(1), [
    "  proxy               enabled",
    "  deny rules by name  no match",
  ]);
});

Deno.test("explanationJson() keeps its fields and their order", async () => {
  assertEquals(Object.keys(explanationJson(await explanation(DENY))), [
    "verdict",
    "method",
    "target",
    "host",
    "port",
    "protocol",
    "status",
    "reason",
    "source",
    "message",
    "rule",
    "addresses",
    "steps",
    "next_steps",
    "sources",
    "upstream_proxy",
    "request_rule",
  ]);
});

Deno.test("explanationJson() names the preset that a rule is from", async () => {
  const named = { ...RULE, origin: { ...RULE.origin, preset: "npm" } };
  const outcome = { ...DENY, reason: "denied", rule: named } as const;
  const json = explanationJson(await explanation(outcome));
  assertEquals(json["rule"], {
    list: "allow",
    text: "a.test",
    file: "f.toml",
    line: 3,
    column: 5,
    preset: "npm",
  });
});
