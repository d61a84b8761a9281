import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Endpoint } from "../../src/net/address/endpoint.ts";
import { embeddedIpv4 } from "../../src/net/address/ip_class.ts";
import { rangeContains } from "../../src/net/address/ip_range.ts";
import { compilePolicy } from "../../src/policy/compile.ts";
import type { Policy, PolicyDocument, Step } from "../../src/policy/policy.ts";
import type { Rule } from "../../src/policy/rule.ts";
import { connectTo, ip, rule } from "../support/policy.ts";
import { type Random, seededRandom } from "../support/random.ts";

const LABELS = [
  "a",
  "b",
  "api",
  "www",
  "cdn",
  "mail",
  "x1",
  "example",
  "test",
  "corp",
  "com",
  "org",
];

function anyName(random: Random): string {
  return Array.from({ length: 2 + random.below(3) }, () => random.pick(LABELS)).join(".");
}

function anyRule(random: Random, more: string): Rule {
  const list = random.pick(["allow", "deny"] as const);
  const port = random.pick(["", "", "", ":443", ":80", ":22"]);
  const name = `${more}${anyName(random)}`;
  const quad = `${random.pick([8, 10, 127, 93])}.0.${random.below(3)}.${random.below(256)}`;
  const text = random.pick([
    ...[name, name, name, `*.${name}`, `**.${name}`, `a*.${name}`, `*.?.${name}`],
    quad,
  ]);
  const range = random.pick([`${quad}/32`, "10.0.0.0/24", "2606:4700::/32", "93.0.0.0/23"]);
  return rule(list, random.below(20) === 0 ? range : text + port);
}

function anyTarget(random: Random): Endpoint {
  const quad = `${random.pick([8, 10, 127, 93])}.0.${random.below(3)}.${random.below(256)}`;
  const literal = random.pick([
    quad,
    quad,
    `[::ffff:${quad}]`,
    `[64:ff9b::${quad}]`,
    "[2001:db8::1]",
  ]);
  const host = random.pick([anyName(random), `api.${anyName(random)}`, literal]);
  return connectTo(`${host}:${random.pick([443, 80, 22, 1])}`).target;
}

/** The first rule of the list that matches, found by asking all of them. */
function scan(rules: readonly Rule[], list: Rule["list"], target: Endpoint): Rule | undefined {
  return rules.find((rule) =>
    rule.list === list && (rule.pattern.port ?? target.port) === target.port &&
    matchesAlone(rule, target)
  );
}

function matchesAlone({ pattern }: Rule, { host }: Endpoint): boolean {
  if (host.kind === "ip") {
    if (pattern.kind !== "ip" && pattern.kind !== "range") return false;
    const range = pattern.kind === "range"
      ? pattern.range
      : { network: pattern.ip, prefix: pattern.ip.family === 4 ? 32 : 128 };
    return [host.ip, embeddedIpv4(host.ip)].some((ip) => ip !== null && rangeContains(range, ip));
  }
  const { name } = host;
  switch (pattern.kind) {
    case "exact":
      return name === pattern.name;
    case "suffix":
      return name.endsWith(`.${pattern.name}`) || (pattern.apex && name === pattern.name);
    case "glob": {
      const labels = name.split(".").slice(-pattern.labels.length);
      const front = name.split(".").length - pattern.labels.length;
      const fits = { none: front === 0, some: front > 0, any: front >= 0 }[pattern.deep];
      return fits && pattern.labels.every((glob, at) => {
        const source = glob.replaceAll("?", ".").replaceAll("*", ".*");
        return new RegExp(`^${source}$`).test(labels[at]!);
      });
    }
    case "ip":
    case "range":
      return false;
  }
}

/** Asks a policy and a scan the same things; returns how often each answer was given. */
function compare(
  random: Random,
  count: number,
  probes: number,
  more: (at: number) => string,
): { allowed: number; denied: number; missed: number } {
  const rules = Array.from({ length: count }, (_, at) => anyRule(random, more(at)));
  const policy = compilePolicy({
    enabled: true,
    mode: "full",
    rules,
    requestRules: [],
    interception: false,
    allowLocalBinding: true,
    sniBinding: true,
    denyEch: false,
    dangerouslyAllowAllDomains: false,
    ask: false,
    unixSockets: [],
    dangerouslyAllowAllUnixSockets: false,
  });
  const seen = { allowed: 0, denied: 0, missed: 0 };
  for (let turn = 0; turn < probes; turn++) {
    const target = anyTarget(random);
    const { verdict, rule } = policy.decide({ kind: "tunnel", protocol: "https_connect", target });
    const denied = scan(rules, "deny", target);
    const allowed = scan(rules, "allow", target);
    const answer = denied ? "denied" : allowed ? "allowed" : "missed";
    assertEquals(rule, denied ?? allowed ?? null);
    assertEquals(verdict, answer === "allowed" ? "allow" : "deny");
    seen[answer] += 1;
  }
  return seen;
}

Deno.test("a policy of 100,000 rules answers as a scan of all of them does", () => {
  const more = (at: number) => (at % 10 === 0 ? "" : `h${at}.`);
  const seen = compare(seededRandom(1), 100_000, 200, more);
  assert(Object.values(seen).every((times) => times > 10), JSON.stringify(seen));
});

Deno.test("policies of a few rules answer as a scan of them does", () => {
  const random = seededRandom(2);
  const seen = { allowed: 0, denied: 0, missed: 0 };
  for (let turn = 0; turn < 500; turn++) {
    const { allowed, denied, missed } = compare(random, 1 + random.below(200), 20, () => "");
    seen.allowed += allowed;
    seen.denied += denied;
    seen.missed += missed;
  }
  assert(Object.values(seen).every((times) => times > 100), JSON.stringify(seen));
});

Deno.test("a policy answers every question the same way twice, in printable ASCII", () => {
  const random = seededRandom(3);
  const yes = () => random.below(2) === 0;
  for (let turn = 0; turn < 2000; turn++) {
    const document: PolicyDocument = {
      enabled: random.below(10) > 0,
      mode: random.pick(["full", "limited"]),
      rules: Array.from({ length: random.below(10) }, () => anyRule(random, "")),
      requestRules: [],
      interception: yes(),
      allowLocalBinding: yes(),
      sniBinding: yes(),
      denyEch: yes(),
      dangerouslyAllowAllDomains: yes(),
      ask: yes(),
      unixSockets: [],
      dangerouslyAllowAllUnixSockets: false,
    };
    const target = anyTarget(random);
    const protocol = random.pick(["https_connect", "socks5_tcp", "socks5_udp"] as const);
    const http = {
      kind: "http",
      protocol: "http",
      target,
      scheme: "http",
      path: random.pick(["/", "*", random.text("/.%2\u202e", 9)]),
      header: () => [],
      method: random.pick(["GET", "get", "POST", random.text("GE\0\u202e", 5)]),
      hasBody: yes(),
      upgrades: yes(),
      methodOverride: random.pick([null, "x-http-method", "\n"]),
    } as const;
    const request = random.pick([{ kind: "tunnel", protocol, target } as const, http]);
    const address = ip(random.pick(["127.0.0.1", "8.8.8.8", "64:ff9b::a00:1", "::", "ff02::1"]));
    const ask = (policy: Policy, steps?: Step[]) => {
      const note = steps && ((step: Step) => steps.push(step));
      return [policy.decide(request, note), policy.decideAddress(request, address, note)];
    };
    const steps: Step[] = [];
    const answers = ask(compilePolicy(document));
    assertEquals(ask(compilePolicy(document), steps), answers);
    assert(steps.length > 0);
    for (const answer of answers) {
      assertMatch(answer !== null && "detail" in answer ? answer.detail : "", /^[ -~]*$/);
    }
  }
});
