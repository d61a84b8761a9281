import { assert, assertEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import { BLOCK_REASONS, type BlockReason, type Deny } from "../../src/policy/decision.ts";
import type { PolicyRequest } from "../../src/policy/socket_request.ts";
import { decisionLine, type Refusal, refusalOf, unsaidLines } from "../../src/proxy/refusal.ts";
import { connectTo, httpTo, ip, policyOf, rule, socketAt } from "../support/policy.ts";

const REASONS = Object.keys(BLOCK_REASONS) as BlockReason[];

const DENY: Deny = {
  verdict: "deny",
  reason: "not_allowed",
  source: "baseline_policy",
  rule: null,
  detail: "",
};

function refuse(request: PolicyRequest, deny: Partial<Deny> = {}): Refusal {
  return refusalOf(request, { ...DENY, ...deny });
}

/** What an address behind a name is refused with, by a real policy. */
function refuseAnswer(address: string, lists: { allow?: string[]; deny?: string[] }): Refusal {
  const request = httpTo("a.test");
  return refusalOf(request, policyOf(lists).decideAddress(request, ip(address))!);
}

Deno.test("refusalOf() gives each reason one of the four header values of the seeds", () => {
  const table: Record<BlockReason, string | null> = {
    not_allowed: "blocked-by-allowlist",
    not_allowed_local: "blocked-by-allowlist",
    denied: "blocked-by-denylist",
    method_not_allowed: "blocked-by-method-policy",
    mitm_required: "blocked-by-method-policy",
    mitm_hook_denied: "blocked-by-policy",
    sni_mismatch: "blocked-by-policy",
    host_mismatch: "blocked-by-policy",
    not_tls: "blocked-by-policy",
    policy_denied: "blocked-by-policy",
    decider_failed: "blocked-by-policy",
    own_listener: "blocked-by-policy",
    upstream_proxy: "blocked-by-policy",
    proxy_disabled: null,
  };
  const statuses: Partial<Record<BlockReason, number>> = {
    host_mismatch: 421,
    proxy_disabled: 503,
  };
  for (const reason of REASONS) {
    const refusal = refuse(httpTo("a.test"), { reason });
    assertEquals(refusal.header, table[reason], reason);
    assertEquals(refusal.status, statuses[reason] ?? 403, reason);
  }
});

Deno.test("refusalOf() prints its fields in the order of the contract", () => {
  const { fields } = refuse(httpTo("a.test:8080"), {
    reason: "denied",
    rule: rule("deny", "a.test"),
  });
  assertEquals(Object.keys(fields), [
    "status",
    "host",
    "reason",
    "decision",
    "source",
    "protocol",
    "port",
    "message",
    "rule",
    "next_steps",
    "retryable",
  ]);
  assertEquals(fields.rule, "deny a.test (test.toml:1:1)");
  assertEquals(fields.status, "blocked");
});

// Upstream: policy_decision_prefix_serializes_expected_payload.
Deno.test("decisionLine() prints the seeds' line, key for key", () => {
  const ask = policyOf({}, { ask: true }).decide(connectTo("api.example.com:443"));
  if (ask.verdict !== "ask") throw new Error("This policy asks");
  assertEquals(
    decisionLine(refusalOf(connectTo("api.example.com:443"), ask)),
    'CODEX_NETWORK_POLICY_DECISION {"decision":"ask","reason":"not_allowed",' +
      '"source":"decider","protocol":"https_connect","host":"api.example.com","port":443}',
  );
});

Deno.test("refusalOf() tells an allowlist miss and an explicit deny apart in the sentence", () => {
  const sentences = REASONS.map((reason) => refuse(httpTo("a.test"), { reason }).message);
  assertEquals(new Set(sentences).size, REASONS.length);
  for (const sentence of sentences) {
    assert(sentence.startsWith("Doorward blocked this request: a.test: "), sentence);
  }
});

Deno.test("refusalOf() adds to the reason what exactly was wrong, where that tells no secret", () => {
  const given = { reason: "method_not_allowed", detail: "the method is POST" } as const;
  assertStringIncludes(refuse(httpTo("a.test"), given).message, "upgrade; the method is POST.");
  const local = { reason: "not_allowed_local", detail: "a.test resolves to 10.0.0.1" } as const;
  assertNotMatch(refuse(httpTo("a.test"), local).message, /10\.0\.0\.1/);
});

Deno.test("refusalOf() says to whom requests are sent where one was meant for a proxy itself", () => {
  for (const reason of ["own_listener", "upstream_proxy"] as const) {
    const { next_steps } = refuse(httpTo("a.test"), { reason }).fields;
    assertEquals(next_steps, ["Send requests through Doorward, not to it."]);
  }
});

Deno.test("refusalOf() says what to do, for every reason", () => {
  for (const reason of REASONS) {
    const { next_steps } = refuse(httpTo("a.test"), { reason }).fields;
    assert(next_steps.length > 0, reason);
    for (const step of next_steps) assertNotMatch(step, /[\r\n]/);
  }
});

Deno.test("refusalOf() keeps the reason phrase within 80 characters of ASCII, the port in sight", () => {
  const label = "l".repeat(63);
  const hosts = [
    "a.test:1",
    `${label}.${label}.${label}.test:65535`,
    "[2001:db8:1:2:3:4:5:6]:65535",
    "93.184.216.34:80",
  ];
  for (const host of hosts) {
    for (const reason of REASONS) {
      const { phrase } = refuse(connectTo(host), { reason });
      assert(/^[\x20-\x7e]{1,80}$/.test(phrase), phrase);
      assertStringIncludes(phrase, host.slice(host.lastIndexOf(":")));
    }
  }
  assertEquals(
    refuse(connectTo("[2001:db8::1]:443"), {}).phrase,
    "Blocked by Doorward: [2001:db8::1]:443: not in the allowlist",
  );
});

// Whoever asks may be mapping the network behind the proxy.
Deno.test("refusalOf() never tells what a name resolved to", () => {
  const local = refuseAnswer("10.20.30.40", { allow: ["a.test"] });
  assertEquals(local.fields.reason, "not_allowed_local");
  const denied = refuseAnswer("93.184.216.34", { allow: ["a.test"], deny: ["93.184.216.34"] });
  assertEquals(denied.fields.reason, "denied");
  const block = refuseAnswer("93.184.216.34", { allow: ["a.test"], deny: ["93.184.216.0/24"] });
  for (const refusal of [local, denied, block]) {
    const told = JSON.stringify(refusal) + decisionLine(refusal);
    assertNotMatch(told, /10\.20|93\.184/);
  }
});

Deno.test("refusalOf() names the rule that denied an address which was asked for", () => {
  const request = httpTo("93.184.216.34");
  const decision = policyOf({ deny: ["93.184.216.0/24"] }).decide(request);
  if (decision.verdict !== "deny") throw new Error("This policy denies");
  assertEquals(refusalOf(request, decision).fields.rule, "deny 93.184.216.0/24 (test.toml:1:1)");
});

Deno.test("refusalOf() tells why an entry for the host was not enough", () => {
  const request = httpTo("a.test");
  const decision = policyOf({ allow: ["a.test:443"] }).decide(request);
  if (decision.verdict !== "deny") throw new Error("This policy denies");
  assertStringIncludes(refusalOf(request, decision).message, "on port 443 only");
});

/** What is asked for, and the pattern that allows it and no other port, but those of the web. */
const ALLOWED_BY: readonly (readonly [string, string])[] = [
  ["a.test:443", "a.test"],
  ["a.test:80", "a.test"],
  ["a.test:22", "a.test:22"],
  ["[2001:db8::1]:22", "[2001:db8::1]:22"],
  ["[2001:db8::1]:443", "[2001:db8::1]"],
];

for (const [target, pattern] of ALLOWED_BY) {
  Deno.test(`refusalOf() advises to allow ${target} by ${pattern}`, () => {
    assertEquals(refuse(connectTo(target)).fields.next_steps.slice(1), [
      `They can allow it for one command: doorward run --allow ${pattern} -- COMMAND`,
      `They can allow it always: add "${pattern}" to allowed_domains under [network]`,
    ]);
  });
}

Deno.test("refusalOf() says which unix socket it was, and how it can be allowed", () => {
  const request = socketAt("/run/docker.sock");
  const decision = policyOf({}).decideSocket(request, "/run/docker.sock")!;
  const { status, header, phrase, message, fields } = refusalOf(request, decision);
  assertEquals([status, header], [403, "blocked-by-allowlist"]);
  assertEquals(phrase, "Blocked by Doorward: /run/docker.sock: not in the allowlist");
  assertEquals(
    message,
    "Doorward blocked this request: unix socket /run/docker.sock: " +
      "allow_unix_sockets does not name it; the list is empty.",
  );
  assertEquals(
    [fields.host, fields.port, fields.protocol, fields.rule],
    ["unix-socket", 0, "http", null],
  );
  assertStringIncludes(fields.next_steps[1]!, 'add "/run/docker.sock" to allow_unix_sockets');
});

Deno.test("refusalOf() has words for a unix socket, whatever the reason and the path", () => {
  const paths = ["/a", `/${"x".repeat(1023)}`, '/say "hi" \\ there'];
  for (const path of paths) {
    for (const reason of REASONS) {
      const { phrase, message, fields } = refuse(socketAt(path), { reason });
      assert(/^[\x20-\x7e]{1,80}$/.test(phrase), phrase);
      assertStringIncludes(message, path);
      assert(fields.next_steps.length > 0, reason);
      for (const step of fields.next_steps) assertNotMatch(step, /--allow/);
    }
  }
});

// Where a link leads is for the person who made it, not for the program that found it.
Deno.test("refusalOf() never tells where the path of a unix socket leads", () => {
  const request = socketAt("/home/me/link.sock");
  const decision = policyOf({}, { unixSockets: ["/run/listed.sock"] })
    .decideSocket(request, "/run/secret.sock")!;
  assertNotMatch(JSON.stringify(refusalOf(request, decision)), /secret|listed/);
});

Deno.test("unsaidLines() has the line for programs and the sentence, for SOCKS5 alone", () => {
  const decision = { ...DENY, reason: "not_allowed" } as const;
  for (const protocol of ["socks5_tcp", "socks5_udp"] as const) {
    const request = connectTo("a.test", protocol);
    const refusal = refusalOf(request, decision);
    assertEquals(unsaidLines(request, decision), [decisionLine(refusal), refusal.message]);
  }
  assertEquals(unsaidLines(connectTo("a.test"), decision), []);
  assertEquals(unsaidLines(httpTo("a.test"), decision), []);
});

Deno.test("unsaidLines() leaves a request inside a tunnel to its own answer", () => {
  const decision = { ...DENY, reason: "mitm_hook_denied" } as const;
  for (const protocol of ["http", "https_connect", "socks5_tcp"] as const) {
    const request = httpTo("a.test:443", { protocol, scheme: "https" });
    assertEquals(unsaidLines(request, decision), []);
  }
});

Deno.test("refusalOf() tells what a request rule missed, and how a tunnel can be looked into", () => {
  const missed = { reason: "mitm_hook_denied", detail: "PUT /x: no rule has this method" } as const;
  assertStringIncludes(
    refuse(httpTo("a.test"), missed).message,
    "allows this request; PUT /x: no rule has this method.",
  );
  const unseen = { reason: "mitm_required", detail: "interception is off" } as const;
  assertStringIncludes(refuse(connectTo("a.test"), unseen).message, "; interception is off.");
  const step = (request: PolicyRequest) => refuse(request, unseen).fields.next_steps[0];
  assertEquals(
    step(connectTo("a.test:8443")),
    "To have it looked into: mitm = true under [network]",
  );
  assertEquals(
    step(connectTo("a.test", "socks5_tcp")),
    "To have it looked into: mitm = true under [network]",
  );
  for (const request of [connectTo("a.test:22", "socks5_tcp"), connectTo("a.test", "socks5_udp")]) {
    assertEquals(
      step(request),
      'To leave other ports out of the request rules: write "a.test:443" in [network.rules]',
    );
  }
});

Deno.test("unsaidLines() hints at socks5h:// where a client asked for an address that is not listed", () => {
  const hints = (host: string, protocol: "socks5_tcp" | "socks5_udp", reason: BlockReason) =>
    unsaidLines(connectTo(host, protocol), { ...DENY, reason })
      .filter((line) => line.includes("socks5h://")).length;
  assertEquals(hints("192.0.2.1", "socks5_tcp", "not_allowed"), 1);
  assertEquals(hints("a.test", "socks5_tcp", "not_allowed"), 0);
  assertEquals(hints("192.0.2.1", "socks5_tcp", "denied"), 0);
  assertEquals(hints("192.0.2.1:53", "socks5_tcp", "not_allowed"), 0);
  // Datagrams go to addresses as a rule: whoever sends them has asked a resolver before.
  assertEquals(hints("192.0.2.1", "socks5_udp", "not_allowed"), 0);
});

Deno.test("refusalOf() says of a question how it is answered, and that it may be asked again", () => {
  const ask = policyOf({}, { ask: true }).decide(connectTo("api.example.com:443"));
  if (ask.verdict !== "ask") throw new Error("This policy asks");
  const { fields } = refusalOf(connectTo("api.example.com:443"), ask);
  assertEquals([fields.decision, fields.source, fields.retryable], ["ask", "decider", true]);
  assertEquals(
    fields.next_steps[0],
    "They can answer while it waits: doorward approve api.example.com",
  );
  const deny = refuse(connectTo("api.example.com:443"), { reason: "not_allowed" });
  assertEquals(deny.fields.retryable, false);
  assertEquals(deny.fields.next_steps, fields.next_steps.slice(1));
});

Deno.test("unsaidLines() has what was found inside a tunnel, whose client was told that it stands", () => {
  for (const reason of ["sni_mismatch", "not_tls", "mitm_required"] as const) {
    for (const protocol of ["https_connect", "socks5_tcp"] as const) {
      const [request, decision] = [connectTo("a.test", protocol), {
        ...DENY,
        reason,
        detail: "it is x",
      }];
      const [line, message, ...more] = unsaidLines(request, decision, true);
      assertStringIncludes(line!, `"reason":"${reason}"`);
      assert(message!.endsWith("; it is x."), message);
      assertEquals(more, []);
    }
  }
});

Deno.test("refusalOf() says which rule lets a tunnel carry anything", () => {
  const steps = (host: string) => refuse(connectTo(host), { reason: "not_tls" }).fields.next_steps;
  assertStringIncludes(steps("a.test")[1]!, '"a.test:443 raw" in allowed_domains');
  assertStringIncludes(steps("[2001:db8::1]")[1]!, '"[2001:db8::1]:443 raw"');
  assertEquals(refuse(socketAt("/run/a.sock"), { reason: "not_tls" }).fields.next_steps.length, 1);
});
