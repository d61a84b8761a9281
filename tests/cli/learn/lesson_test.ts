import { assertEquals } from "@std/assert";
import { parseRulePattern } from "../../../src/policy/rule_pattern.ts";
import { learned, type Visit } from "../../support/learned.ts";

/** Visits, and the entries that let them through. */
const PATTERNS: readonly (readonly [readonly Visit[], readonly string[]])[] = [
  [[{ host: "a.test" }, { host: "a.test" }], ["a.test:443"]],
  [[{ host: "a.test" }, { host: "a.test", port: 80 }], ["a.test:443", "a.test:80"]],
  [[{ host: "8.8.4.4", port: 22, protocol: "socks5_tcp" }], ["8.8.4.4:22"]],
  [[{ host: "2001:4860::8844" }], ["[2001:4860::8844]:443"]],
  [[{ host: "a.test", port: 53, protocol: "socks5_udp" }], ["a.test:53 over socks5_udp"]],
  [[{ host: "a.test", protocol: "socks5_udp" }, { host: "a.test" }], ["a.test:443"]],
  [[{ host: "under_score.test" }, { host: "xn--bcher-kva.test" }, { host: "intranet" }], [
    "under_score.test:443",
    "xn--bcher-kva.test:443",
    "intranet:443",
  ]],
  // Nothing is widened, however many there are.
  [[{ host: "a.x.test" }, { host: "b.x.test" }, { host: "c.x.test" }], [
    "a.x.test:443",
    "b.x.test:443",
    "c.x.test:443",
  ]],
  [[{ host: "a.test", blocked: "not_allowed_local" }], []],
  [[{ host: "a.test", outcome: "failed", down: 0 }], []],
  [[{ host: "unix-socket", port: 0, protocol: "http" }], []],
  [[], []],
];

for (const [visits, expected] of PATTERNS) {
  Deno.test(`lessonOf() ${visits.map(({ host, port }) => `${host}:${port ?? 443}`)} is ${expected}`, async () => {
    const { lesson } = await learned(visits);
    const patterns = lesson.hosts.map(({ pattern }) => pattern);
    assertEquals(patterns, expected);
    patterns.forEach((pattern) => assertEquals(parseRulePattern(pattern).kind, "rule_pattern"));
  });
}

/** Visits, and what all of them have in common. */
const RULES: readonly (readonly [readonly Visit[], unknown])[] = [
  [[{ host: "a.test", method: "GET" }, { host: "a.test", method: "HEAD" }], "read"],
  [[{ host: "a.test", method: "GET", kind: "request", up: 3 }], { methods: ["GET"] }],
  [
    [{ host: "a.test", method: "POST" }, { host: "a.test", method: "GET" }].map((visit) => ({
      ...visit,
      kind: "request" as const,
    })),
    { methods: ["GET", "POST"] },
  ],
  [[{ host: "a.test", method: "MKCOL", kind: "request" }], "any"],
  [[{ host: "a.test", method: "GET", kind: "tunnel" }], "any"],
  // One tunnel that nobody looked into would be blocked by a rule.
  [[{ host: "a.test", method: "GET", kind: "request" }, { host: "a.test" }], null],
  [[{ host: "a.test" }], null],
];

for (const [visits, expected] of RULES) {
  Deno.test(`lessonOf() holds ${visits.map(({ method }) => method ?? "a tunnel")} to ${JSON.stringify(expected)}`, async () => {
    const { lesson: { hosts: [host] } } = await learned(
      visits.map((visit) => ({
        kind: visit.method === undefined ? "tunnel" : "request",
        ...visit,
      })),
    );
    assertEquals(host!.rule, expected);
  });
}

Deno.test("lessonOf() tells what a configuration allows already from what is new", async () => {
  const visits: readonly Visit[] = [
    { host: "a.test" },
    { host: "x.b.test" },
    { host: "c.test" },
    { host: "registry.npmjs.org" },
    { host: "d.test" },
    { host: "d.test", protocol: "socks5_tcp" },
  ];
  const { lesson } = await learned(visits, {
    allow: ["a.test:443", "*.b.test", "c.test:80", "d.test over https_connect"],
    overrides: ["network.enabled=true", 'network.presets=["npm"]'],
  });
  assertEquals(
    lesson.hosts.map(({ seen, known }) => [seen.host, known?.text ?? null]),
    [
      ["a.test", "a.test:443"],
      ["x.b.test", "*.b.test"],
      ["c.test", null],
      ["registry.npmjs.org", "registry.npmjs.org"],
      ["d.test", null],
    ],
  );
  assertEquals([lesson.allowRules, lesson.unusedRules], [5, 2]);
  assertEquals((await learned(visits)).lesson.allowRules, 0);
});

Deno.test("lessonOf() keeps apart what was blocked and what was never reached", async () => {
  const failed = { outcome: "failed", down: 0 } as const;
  const { lesson } = await learned([
    { host: "blocked.test", blocked: "not_allowed_local" },
    { host: "down.test", ...failed },
    { host: "flaky.test", ...failed },
    { host: "flaky.test" },
    { host: "moved.test" },
    { host: "moved.test", blocked: "not_allowed_local" },
    { host: "unix-socket", port: 0, protocol: "http" },
  ]);
  const hosts = (places: readonly { readonly host: string }[]) => places.map(({ host }) => host);
  assertEquals(hosts(lesson.hosts.map(({ seen }) => seen)), ["flaky.test", "moved.test"]);
  assertEquals(hosts(lesson.unreached), ["down.test"]);
  assertEquals(hosts(lesson.blocked), ["blocked.test", "moved.test"]);
  assertEquals(lesson.toSockets, 1);
});

Deno.test("lessonOf() keeps what lets a tunnel carry anything", async () => {
  const allow = ["*.raw.test:443 raw", "plain.test"];
  const { lesson } = await learned(
    [{ host: "ssh.raw.test" }, { host: "ssh.raw.test", port: 22 }, { host: "plain.test" }],
    { allow },
  );
  assertEquals(lesson.hosts.map(({ pattern }) => pattern), [
    "ssh.raw.test:443 raw",
    "ssh.raw.test:22",
    "plain.test:443",
  ]);
});
