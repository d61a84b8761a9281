import { assertEquals } from "@std/assert";
import type { Policy } from "../../src/policy/policy.ts";
import type { NetworkRequest } from "../../src/policy/request.ts";
import { outlasts } from "../../src/proxy/outlasts.ts";
import { grantOf, serving, socketGrantOf } from "../support/grant.ts";
import { forMinutes, makeLive, rulePattern, type TestLive } from "../support/live_policy.ts";
import { connectTo, httpTo, ip, policyOf, socketAt } from "../support/policy.ts";

const CONNECT = connectTo("a.test:443");

/** Asks whether what the policy of now lets through goes on after `change`. */
async function goesOn(
  test: TestLive,
  request: NetworkRequest,
  change: (test: TestLive) => unknown,
): Promise<boolean> {
  const grant = await grantOf(request, test.live.current);
  await change(test);
  return outlasts(serving(grant, "tunnel"), test.live);
}

function changingTo(policy: Policy): (test: TestLive) => void {
  return ({ live }) => void live.rebase(policy.document);
}

Deno.test("outlasts() is so where the policy still allows it, by whatever rule", async () => {
  for (const allow of [["a.test"], ["*.test"], ["a.test:443", "b.test"]]) {
    using test = makeLive({ policy: policyOf({ allow: ["a.test"] }) });
    assertEquals(await goesOn(test, CONNECT, changingTo(policyOf({ allow }))), true);
  }
});

Deno.test("outlasts() is not so of what no rule allows any more, or one denies", async () => {
  const policies = {
    dropped: policyOf({}),
    asking: policyOf({}, { ask: true }),
    "another port": policyOf({ allow: ["a.test:80"] }),
    "another protocol": policyOf({ allow: ["a.test over http"] }),
    denied: policyOf({ allow: ["a.test"], deny: ["a.test"] }),
    "denied by address": policyOf({ allow: ["a.test"], deny: ["93.184.216.0/24"] }),
    limited: policyOf({ allow: ["a.test"] }, { mode: "limited" }),
    disabled: policyOf({ allow: ["a.test"] }, { enabled: false }),
  };
  for (const [what, policy] of Object.entries(policies)) {
    using test = makeLive({ policy: policyOf({ allow: ["a.test"] }) });
    assertEquals(await goesOn(test, CONNECT, changingTo(policy)), false, what);
  }
});

Deno.test("outlasts() asks the mode about what the request does", async () => {
  for (const [method, isOn] of [["GET", true], ["POST", false]] as const) {
    using test = makeLive({ policy: policyOf({ allow: ["a.test"] }) });
    const limit = ({ live }: TestLive) => live.setMode("limited");
    assertEquals(await goesOn(test, httpTo("a.test", { method }), limit), isOn, method);
  }
});

Deno.test("outlasts() asks about every address that was granted, whichever is in use", async () => {
  using test = makeLive({ policy: policyOf({ allow: ["a.test"] }) });
  const addresses = ["93.184.216.34", "198.41.0.4"].map(ip);
  const resolve = () => Promise.resolve(addresses);
  const grant = await grantOf(CONNECT, test.live.current, { resolve });
  test.live.rebase(policyOf({ allow: ["a.test"], deny: ["198.41.0.4"] }).document);
  assertEquals(outlasts(serving(grant, "tunnel"), test.live), false);
});

Deno.test("outlasts() is so of what a rule allowed whose time is over", async () => {
  using test = makeLive();
  test.add("a.test", forMinutes(1));
  assertEquals(await goesOn(test, CONNECT, ({ pass }) => pass(61_000)), true);
});

Deno.test("outlasts() is not so of what a rule allowed that was withdrawn in time", async () => {
  using test = makeLive();
  test.add("a.test", forMinutes(1));
  assertEquals(await goesOn(test, CONNECT, ({ remove }) => remove("a.test")), false);
});

Deno.test("outlasts() is so where another rule took the place of one, and ended by itself", async () => {
  using test = makeLive();
  test.add("a.test", forMinutes(1));
  const renewed = async ({ add, pass }: TestLive) => {
    add("a.test", forMinutes(2));
    await pass(121_000);
  };
  assertEquals(await goesOn(test, CONNECT, renewed), true);
});

Deno.test("outlasts() lets nothing but the end of the rule be missing", async () => {
  const changes: Readonly<Record<string, (test: TestLive) => unknown>> = {
    limited: ({ live }) => live.setMode("limited"),
    denied: ({ add }) => add("a.test", { list: "deny" }),
    "denied by address": ({ add }) => add("93.184.216.34", { list: "deny" }),
    disabled: changingTo(policyOf({}, { enabled: false })),
  };
  for (const [what, change] of Object.entries(changes)) {
    using test = makeLive();
    test.add("a.test", forMinutes(1));
    const after = async (test: TestLive) => {
      await test.pass(61_000);
      await change(test);
    };
    assertEquals(await goesOn(test, CONNECT, after), false, what);
  }
});

Deno.test("outlasts() is so of what a person let through once, until somebody denies it", async () => {
  using test = makeLive({ policy: policyOf({}, { ask: true }) });
  const approved = test.live.once(rulePattern("a.test:443 over https_connect"));
  const grant = await grantOf(CONNECT, test.live.current, { approved });
  const tunnel = serving(grant, "tunnel");
  test.add("b.test");
  assertEquals(outlasts(tunnel, test.live), true);
  test.add("a.test", { list: "deny" });
  assertEquals(outlasts(tunnel, test.live), false);
});

Deno.test("outlasts() is not so of anybody's yes once nobody could give it any more", async () => {
  for (const minutes of [null, 1]) {
    using test = makeLive({ policy: policyOf({}, { ask: true }) });
    if (minutes !== null) test.add("a.test", forMinutes(minutes));
    const approved = test.live.once(rulePattern("a.test:443 over https_connect"));
    const grant = await grantOf(CONNECT, test.live.current, minutes === null ? { approved } : {});
    await test.pass(61_000);
    test.live.rebase(policyOf({}).document);
    assertEquals(outlasts(serving(grant, "tunnel"), test.live), true);
    test.live.obey(({ kind }) => kind === "allow_added" ? "required" : null);
    test.live.rebase(policyOf({}).document);
    assertEquals(outlasts(serving(grant, "tunnel"), test.live), false);
  }
});

Deno.test("outlasts() asks about the path of a unix socket", async () => {
  const policy = policyOf({}, { unixSockets: ["/run/a.sock"] });
  using test = makeLive({ policy });
  const grant = await socketGrantOf(socketAt("/run/a.sock"), policy);
  const request = serving(grant, "http");
  test.live.rebase(policyOf({}, { unixSockets: ["/run/a.sock", "/run/b.sock"] }).document);
  assertEquals(outlasts(request, test.live), true);
  test.live.rebase(policyOf({}, { unixSockets: ["/run/b.sock"] }).document);
  assertEquals(outlasts(request, test.live), false);
});

/** The policy of before, the one of after, and whether a tunnel goes on. */
const INSIDE: readonly (readonly [what: string, before: Policy, after: Policy, isOn: boolean])[] = [
  ["that was looked at", bound("a.test"), bound("**.test"), true],
  ["whose raw rule is gone", bound("a.test raw"), bound("a.test"), false],
  ["whose raw rule stays", bound("a.test raw"), bound("*.test", "a.test:443 raw"), true],
  ["that has to be looked at now", policyOf({ allow: ["a.test"] }), bound("a.test"), false],
  ["that need not be looked at now", bound("a.test"), policyOf({ allow: ["a.test"] }), true],
];

function bound(...allow: readonly string[]): Policy {
  return policyOf({ allow }, { sniBinding: true });
}

for (const [what, before, after, isOn] of INSIDE) {
  Deno.test(`outlasts() is ${isOn ? "" : "not "}so of a tunnel ${what}`, async () => {
    using test = makeLive({ policy: before });
    assertEquals(await goesOn(test, CONNECT, changingTo(after)), isOn);
  });
}

Deno.test("outlasts() is so of what a raw rule allowed whose time is over", async () => {
  using test = makeLive({ policy: bound() });
  test.add("a.test raw", forMinutes(1));
  assertEquals(await goesOn(test, CONNECT, ({ pass }) => pass(61_000)), true);
});

Deno.test("outlasts() asks about the inside of tunnels alone", async () => {
  using test = makeLive({ policy: policyOf({ allow: ["a.test"] }) });
  const changed = changingTo(bound("a.test"));
  assertEquals(await goesOn(test, httpTo("a.test:443"), changed), true);
});
