import { assertEquals, assertObjectMatch, assertRejects } from "@std/assert";
import { formatSocketAddress, type SocketAddress } from "../../src/net/address/endpoint.ts";
import { ConnectError } from "../../src/net/errors.ts";
import type { Step } from "../../src/policy/policy.ts";
import { authorize, type AuthorizeOptions, authorizeReuse } from "../../src/proxy/authorize.ts";
import { connectTo, httpTo, ip, policyOf } from "../support/policy.ts";
import { upstreamProxy } from "../support/upstream.ts";

const NEVER = new AbortController().signal;

/** Options whose resolver answers every name with `answer`, and the names it was asked. */
function asking(
  answer: readonly string[],
  options: Partial<AuthorizeOptions> = {},
): { options: AuthorizeOptions; lookups: string[] } {
  const lookups: string[] = [];
  return {
    lookups,
    options: {
      resolve: (name) => {
        lookups.push(name);
        return Promise.resolve(answer.map(ip));
      },
      isOwn: () => false,
      dnsAddresses: 16,
      ...options,
    },
  };
}

function addressesOf(outcome: { readonly addresses?: readonly SocketAddress[] }): string[] {
  return (outcome.addresses ?? []).map(formatSocketAddress);
}

Deno.test("authorize() grants the addresses that one look-up found, in its order", async () => {
  const { options, lookups } = asking(["93.184.216.34", "2606:2800::1"]);
  const policy = policyOf({ allow: ["a.test"] });
  const outcome = await authorize(connectTo("a.test:443"), policy, options, NEVER);
  assertEquals(outcome.verdict, "allow");
  assertEquals(addressesOf(outcome as never), ["93.184.216.34:443", "[2606:2800::1]:443"]);
  assertEquals(lookups, ["a.test"]);
});

Deno.test("authorize() never looks up a name that policy does not allow", async () => {
  const policy = policyOf({ allow: ["a.test"], deny: ["denied.test"] });
  for (const host of ["b.test", "denied.test", "localhost"]) {
    const { options, lookups } = asking(["93.184.216.34"]);
    const outcome = await authorize(connectTo(host), policy, options, NEVER);
    assertEquals(outcome.verdict, "deny", host);
    assertEquals(lookups, [], host);
  }
});

Deno.test("authorize() never looks up what is to be asked about", async () => {
  const { options, lookups } = asking(["93.184.216.34"]);
  const outcome = await authorize(connectTo("b.test"), policyOf({}, { ask: true }), options, NEVER);
  assertEquals(outcome.verdict, "ask");
  assertEquals(lookups, []);
});

Deno.test("authorize() never looks up an address", async () => {
  const { options, lookups } = asking([]);
  const policy = policyOf({ allow: ["93.184.216.34"] });
  const outcome = await authorize(httpTo("93.184.216.34"), policy, options, NEVER);
  assertEquals(addressesOf(outcome as never), ["93.184.216.34:80"]);
  assertEquals(lookups, []);
});

Deno.test("authorize() refuses the whole answer for one forbidden address in it", async () => {
  const policy = policyOf({ allow: ["a.test"] });
  for (const bad of ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1"]) {
    for (const answer of [[bad, "93.184.216.34"], ["93.184.216.34", bad]]) {
      const { options } = asking(answer);
      const outcome = await authorize(connectTo("a.test"), policy, options, NEVER);
      assertObjectMatch(outcome, { verdict: "deny", reason: "not_allowed_local" }, bad);
    }
  }
});

Deno.test("authorize() judges more addresses than it grants", async () => {
  const policy = policyOf({ allow: ["a.test"] });
  const public3 = ["93.184.216.1", "93.184.216.2", "93.184.216.3"];
  const few = asking(public3, { dnsAddresses: 2 });
  const granted = await authorize(connectTo("a.test"), policy, few.options, NEVER);
  assertEquals(addressesOf(granted as never), ["93.184.216.1:443", "93.184.216.2:443"]);
  const mixed = asking([...public3, "127.0.0.1"], { dnsAddresses: 2 });
  const refused = await authorize(connectTo("a.test"), policy, mixed.options, NEVER);
  assertObjectMatch(refused, { reason: "not_allowed_local" });
});

Deno.test("authorize() refuses a denied address behind an allowed name", async () => {
  const policy = policyOf({ allow: ["a.test"], deny: ["93.184.216.0/24"] });
  const { options } = asking(["93.184.216.34"]);
  const outcome = await authorize(connectTo("a.test"), policy, options, NEVER);
  assertObjectMatch(outcome, { verdict: "deny", reason: "denied" });
});

Deno.test("authorize() never lets a request reach our own listener", async () => {
  const isOwn = ({ ip: at, port }: SocketAddress) => at.bits === 0x7f000001n && port === 3128;
  const policy = policyOf(
    { allow: ["127.0.0.1", "self.test", "localhost"] },
    { allowLocalBinding: true },
  );
  const { options } = asking(["127.0.0.1"], { isOwn });
  for (const target of ["127.0.0.1:3128", "self.test:3128", "localhost:3128"]) {
    const outcome = await authorize(connectTo(target), policy, options, NEVER);
    assertObjectMatch(outcome, { reason: "own_listener", source: "proxy_state" }, target);
  }
  const other = await authorize(connectTo("self.test:3129"), policy, options, NEVER);
  assertEquals(other.verdict, "allow");
});

Deno.test("authorize() names our own listener whatever else is wrong, but a disabled proxy", async () => {
  const { options } = asking([], { isOwn: () => true });
  const target = connectTo("127.0.0.1:3128");
  const denied = await authorize(target, policyOf({ deny: ["127.0.0.1"] }), options, NEVER);
  assertObjectMatch(denied, { reason: "own_listener" });
  const off = await authorize(target, policyOf({}, { enabled: false }), options, NEVER);
  assertObjectMatch(off, { reason: "proxy_disabled" });
});

Deno.test("authorize() rejects with what the look-up failed with", async () => {
  const { options } = asking([], {
    resolve: () => Promise.reject(new ConnectError("dns_failure", 'Cannot resolve "a.test"')),
  });
  const policy = policyOf({ allow: ["a.test"] });
  const error = await assertRejects(
    () => authorize(connectTo("a.test"), policy, options, NEVER),
    ConnectError,
  );
  assertEquals(error.code, "dns_failure");
});

Deno.test("authorize() tells each step", async () => {
  const steps: Step[] = [];
  const { options } = asking(["127.0.0.1"], {
    isOwn: () => true,
    note: (step) => steps.push(step),
  });
  await authorize(connectTo("a.test"), policyOf({ allow: ["a.test"] }), options, NEVER);
  assertEquals(
    [steps.at(-1)!.question, steps.at(-1)!.answer],
    ["Doorward's own listeners", "this is one"],
  );
  assertEquals(steps.some((step) => step.rule?.text === "a.test"), true);
});

Deno.test("authorizeReuse() asks the policy in force, and looks nothing up", () => {
  const { options, lookups } = asking(["93.184.216.34"]);
  const address = { ip: ip("93.184.216.34"), port: 80 };
  const ask = (lists: { allow?: string[]; deny?: string[] }) =>
    authorizeReuse(httpTo("a.test"), policyOf(lists), options, address);
  assertEquals(addressesOf(ask({ allow: ["a.test"] }) as never), ["93.184.216.34:80"]);
  assertObjectMatch(ask({}), { reason: "not_allowed" });
  assertObjectMatch(ask({ allow: ["a.test"], deny: ["93.184.216.34"] }), { reason: "denied" });
  assertEquals(lookups, []);
});

const PAST = { kind: "direct", why: "it is near" } as const;
const PROXY = upstreamProxy("http://me:secret@proxy.test:3128");

/** Options with an upstream proxy for what has only public addresses, and what its resolver does. */
function behind(
  look: (name: string) => Promise<readonly string[]>,
): { options: AuthorizeOptions; lookups: string[]; steps: Step[] } {
  const made = asking([], {
    resolve: () => Promise.reject(new Error("Not for what goes through")),
  });
  const steps: Step[] = [];
  const choose: NonNullable<AuthorizeOptions["upstream"]>["choose"] = (_, ips) =>
    ips.some((found) => found.bits >> 24n === 10n) ? PAST : PROXY;
  const resolve = async (name: string) => {
    made.lookups.push(name);
    return (await look(name)).map(ip);
  };
  const note = (step: Step) => void steps.push(step);
  return { ...made, steps, options: { ...made.options, note, upstream: { choose, resolve } } };
}

Deno.test("authorize() judges what goes through an upstream proxy as it judges all else", async () => {
  const policy = policyOf({ allow: ["a.test"], deny: ["b.test", "93.184.217.0/24"] });
  const table: readonly (readonly [string, readonly string[], string])[] = [
    ["a.test", ["93.184.216.34"], "allow"],
    ["b.test", ["93.184.216.34"], "denied"],
    ["c.test", ["93.184.216.34"], "not_allowed"],
    ["a.test", ["169.254.169.254"], "not_allowed_local"],
    ["a.test", ["93.184.216.34", "127.0.0.1"], "not_allowed_local"],
    ["a.test", ["93.184.217.1"], "denied"],
    ["localhost", [], "not_allowed_local"],
  ];
  for (const [host, answer, expected] of table) {
    const { options, lookups } = behind(() => Promise.resolve(answer));
    const outcome = await authorize(connectTo(host), policy, options, NEVER);
    const told = "reason" in outcome ? outcome.reason : outcome.verdict;
    assertEquals(told, expected, `${host} at ${answer}`);
    if (outcome.verdict === "allow") assertEquals(outcome.via, PROXY);
    assertEquals(lookups, host === "a.test" ? ["a.test"] : []);
  }
});

Deno.test("authorize() sends a name that nobody here knows through the upstream proxy", async () => {
  const policy = policyOf({ allow: ["a.test"] });
  for (const code of ["dns_failure", "dns_timeout"] as const) {
    const { options, steps } = behind(() => Promise.reject(new ConnectError(code, "Cannot")));
    const outcome = await authorize(connectTo("a.test"), policy, options, NEVER);
    assertObjectMatch(outcome, { verdict: "allow", via: PROXY, addresses: [] });
    assertEquals(steps.slice(-2).map(({ question, answer }) => [question, answer]), [
      ["addresses", "no answer here: the upstream proxy resolves the name"],
      ["route", "through http://proxy.test:3128 (HTTPS_PROXY)"],
    ]);
  }
});

Deno.test("authorize() dials directly what the choice leaves to us, at the addresses it judged", async () => {
  const policy = policyOf({ allow: ["a.test"] }, { allowLocalBinding: true });
  const { options, steps } = behind(() => Promise.resolve(["10.0.0.1"]));
  const outcome = await authorize(connectTo("a.test"), policy, options, NEVER);
  assertObjectMatch(outcome, { verdict: "allow", via: null });
  assertEquals(addressesOf(outcome as never), ["10.0.0.1:443"]);
  assertEquals(steps.at(-1), { question: "route", answer: "direct (it is near)", rule: null });
});

Deno.test("authorize() gives no reason to go directly where there is no other way", async () => {
  const steps: Step[] = [];
  const { options } = asking([], {
    note: (step) => void steps.push(step),
    upstream: { choose: () => null, resolve: () => Promise.reject(new Error("Not asked")) },
  });
  const policy = policyOf({ allow: ["93.184.216.34"] });
  await authorize(connectTo("93.184.216.34"), policy, options, NEVER);
  assertEquals(steps.at(-1), { question: "route", answer: "direct", rule: null });
});

Deno.test("authorize() refuses a failed look-up where no proxy would be gone through", async () => {
  const policy = policyOf({ allow: ["a.test"] });
  const fail = () => Promise.reject(new ConnectError("dns_failure", "Cannot"));
  for (const route of [null, PAST]) {
    const { options } = asking([], {
      resolve: fail,
      upstream: { choose: () => route, resolve: () => Promise.reject(new Error("Not asked")) },
    });
    await assertRejects(() => authorize(connectTo("a.test"), policy, options, NEVER), ConnectError);
  }
});

Deno.test("authorize() ends with its caller, whatever the look-up for a proxy does", async () => {
  const policy = policyOf({ allow: ["a.test"] });
  const stop = new AbortController();
  const { options } = behind(() => {
    stop.abort(new DOMException("gone", "AbortError"));
    return Promise.reject(new ConnectError("dns_failure", "Cannot"));
  });
  const request = connectTo("a.test");
  await assertRejects(() => authorize(request, policy, options, stop.signal), DOMException);
});

Deno.test("authorize() does not take a bug in a look-up for a name that nobody knows", async () => {
  const policy = policyOf({ allow: ["a.test"] });
  const { options } = behind(() => Promise.reject(new TypeError("bug")));
  await assertRejects(() => authorize(connectTo("a.test"), policy, options, NEVER), TypeError);
});
