import { assertEquals, assertRejects } from "@std/assert";
import { ConnectError } from "../../../src/net/errors.ts";
import { type PolicyCell, policyCell } from "../../../src/policy/policy.ts";
import type { NetworkRequest } from "../../../src/policy/request.ts";
import { type AskingParts, authorizeAsking } from "../../../src/proxy/asking/authorize_asking.ts";
import type { Verdict } from "../../../src/proxy/asking/ask_decider.ts";
import type { Outcome } from "../../../src/proxy/asking/questions.ts";
import type { AuthorizeOptions } from "../../../src/proxy/authorize.ts";
import { asker } from "../../support/asker.ts";
import { connectTo, httpTo, ip, policyOf, rule } from "../../support/policy.ts";

const NEVER = new AbortController().signal;
const APPROVED = rule("allow", "new.test:443 over https_connect");

/** What a program says that is asked first. */
type Says = (cell: PolicyCell) => Verdict;

/** Asks about new.test, and tells how often a person was asked, and a program, and what was looked up. */
async function asking(
  answer: (turn: number, cell: PolicyCell) => Outcome,
  cell: PolicyCell = policyCell(policyOf({}, { ask: true })),
  { says, request = connectTo("new.test"), address = "93.184.216.34" }: {
    readonly says?: Says;
    readonly request?: NetworkRequest;
    readonly address?: string;
  } = {},
) {
  let turns = 0;
  let decided = 0;
  const lookups: string[] = [];
  const options: AuthorizeOptions = {
    resolve: (name) => {
      lookups.push(name);
      return Promise.resolve([ip(address)]);
    },
    isOwn: () => false,
    dnsAddresses: 4,
  };
  const ask: AskingParts["ask"] = () => Promise.resolve(answer(++turns, cell));
  const decide: AskingParts["decide"] = says === undefined ? null : () => {
    decided += 1;
    return Promise.resolve(says(cell));
  };
  const parts = { policy: cell, options, decide, ask, unresolved: () => {} };
  const outcome = await authorizeAsking(request, asker(), parts, NEVER);
  return { outcome, turns, decided, lookups };
}

Deno.test("authorizeAsking() takes a yes for one request, and looks up only then", async () => {
  const { outcome, turns, lookups } = await asking(() => ({ kind: "approved", rule: APPROVED }));
  assertEquals([outcome.verdict, turns, lookups], ["allow", 1, ["new.test"]]);
  assertEquals(outcome.verdict === "allow" && outcome.decision.rule, APPROVED);
});

Deno.test("authorizeAsking() tells a no from no answer", async () => {
  const no = await asking(() => ({ kind: "denied", why: "a person said no" }));
  const none = await asking(() => ({ kind: "unanswered", why: "nobody" }));
  const told = [no.outcome, none.outcome].map((outcome) =>
    "source" in outcome ? [outcome.verdict, outcome.source, outcome.detail] : outcome.verdict
  );
  assertEquals(told, [["deny", "decider", "a person said no"], ["ask", "decider", "nobody"]]);
  assertEquals([no.lookups, none.lookups], [[], []]);
});

Deno.test("authorizeAsking() asks a policy that changed meanwhile", async () => {
  const { outcome, turns } = await asking((_, cell) => {
    cell.replace(policyOf({ allow: ["new.test"] }));
    return { kind: "changed" };
  });
  assertEquals([outcome.verdict, turns], ["allow", 1]);
});

Deno.test("authorizeAsking() puts a yes to the policy in force, which may deny by then", async () => {
  const denied = await asking((_, cell) => {
    cell.replace(policyOf({ deny: ["new.test"] }, { ask: true }));
    return { kind: "approved", rule: APPROVED };
  });
  assertEquals(denied.outcome.verdict === "deny" && denied.outcome.reason, "denied");
  const limited = await asking((_, cell) => {
    cell.replace(policyOf({}, { ask: true, mode: "limited" }));
    return { kind: "approved", rule: APPROVED };
  });
  assertEquals(limited.outcome.verdict === "deny" && limited.outcome.reason, "mitm_required");
});

Deno.test("authorizeAsking() asks nobody about what the mode blocks in any case", async () => {
  const cell = policyCell(policyOf({}, { ask: true, mode: "limited" }));
  const { outcome, turns } = await asking(() => ({ kind: "changed" }), cell);
  assertEquals([outcome.verdict === "deny" && outcome.reason, turns], ["mitm_required", 0]);
});

Deno.test("authorizeAsking() gives up on a policy that changes for ever", async () => {
  const { outcome, turns } = await asking((_, cell) => {
    cell.replace(policyOf({}, { ask: true }));
    return { kind: "changed" };
  });
  assertEquals([outcome.verdict, turns], ["ask", 3]);
});

/** A policy under which a program is asked, and no person. */
function deciding(
  lists: Parameters<typeof policyOf>[0] = {},
  switches: Parameters<typeof policyOf>[1] = {},
): PolicyCell {
  return policyCell(policyOf(lists, { decider: true, ...switches }));
}

const YES: Says = () => ({ kind: "approved", rule: APPROVED });
const NOBODY = (): Outcome => ({ kind: "unanswered", why: "nobody" });

/** Verdict, reason and source of what did not pass. */
function toldOf(outcome: Awaited<ReturnType<typeof asking>>["outcome"]): readonly unknown[] {
  return "source" in outcome
    ? [outcome.verdict, outcome.reason, outcome.source, outcome.said]
    : [outcome.verdict];
}

// Upstream: evaluate_host_policy_invokes_decider_for_not_allowed.
Deno.test("authorizeAsking() takes a program's yes for one request, and looks up only then", async () => {
  const { outcome, turns, decided, lookups } = await asking(NOBODY, deciding(), { says: YES });
  assertEquals([outcome.verdict, turns, decided, lookups], ["allow", 0, 1, ["new.test"]]);
  assertEquals(outcome.verdict === "allow" && outcome.approved, APPROVED);
});

// Upstream: evaluate_host_policy_skips_decider_for_denied, …_for_not_allowed_local.
Deno.test("authorizeAsking() asks a program about what no rule names, and about nothing else", async () => {
  const table: readonly (readonly [string, PolicyCell, NetworkRequest?])[] = [
    ["allow", deciding({ allow: ["new.test"] })],
    ["denied", deciding({ deny: ["new.test"] })],
    ["not_allowed_local", deciding(), connectTo("127.0.0.1")],
    ["not_allowed_local", deciding(), connectTo("169.254.169.254")],
    ["not_allowed_local", deciding(), connectTo("10.0.0.1")],
    ["proxy_disabled", deciding({}, { enabled: false })],
    ["mitm_required", deciding({}, { mode: "limited" })],
    [
      "method_not_allowed",
      deciding({}, { mode: "limited" }),
      httpTo("new.test", { method: "PUT" }),
    ],
    ["not_allowed", deciding({}, { decider: false })],
    ["not_allowed", deciding({}, { decider: false, ask: true })],
  ];
  for (const [reason, cell, request] of table) {
    const { outcome, decided } = await asking(NOBODY, cell, {
      says: YES,
      ...(request === undefined ? {} : { request }),
    });
    const got = "reason" in outcome ? outcome.reason : outcome.verdict;
    assertEquals([got, decided], [reason, 0], reason);
  }
});

Deno.test("authorizeAsking() gives a program's yes no say about addresses", async () => {
  for (const address of ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"]) {
    const { outcome, decided } = await asking(NOBODY, deciding(), { says: YES, address });
    assertEquals([toldOf(outcome)[1], decided], ["not_allowed_local", 1], address);
  }
});

Deno.test("authorizeAsking() keeps a program's no, and asks no person then", async () => {
  const cell = deciding({}, { ask: true });
  const said = await asking(NOBODY, cell, {
    says: () => ({ kind: "denied", reason: "policy_denied", said: "not on a Sunday" }),
  });
  assertEquals(toldOf(said.outcome), ["deny", "policy_denied", "decider", "not on a Sunday"]);
  const ours = await asking(NOBODY, cell, {
    says: () => ({ kind: "denied", reason: "denied" }),
  });
  assertEquals(toldOf(ours.outcome), ["deny", "denied", "decider", undefined]);
  assertEquals([said.turns, ours.turns, said.lookups], [0, 0, []]);
});

Deno.test("authorizeAsking() lets a program leave it to a person, where there may be one", async () => {
  const says: Says = () => ({ kind: "ask", said: "is it new?" });
  const asked = await asking(
    () => ({ kind: "approved", rule: APPROVED }),
    deciding({}, {
      ask: true,
    }),
    { says },
  );
  assertEquals([asked.outcome.verdict, asked.turns, asked.decided], ["allow", 1, 1]);
  const unanswered = await asking(NOBODY, deciding({}, { ask: true }), { says });
  assertEquals(toldOf(unanswered.outcome), ["ask", "not_allowed", "decider", "is it new?"]);
  const alone = await asking(NOBODY, deciding(), { says });
  assertEquals(toldOf(alone.outcome), ["ask", "not_allowed", "decider", "is it new?"]);
  assertEquals([unanswered.turns, alone.turns], [1, 0]);
});

Deno.test("authorizeAsking() asks a person where there is no program, whatever the policy says of one", async () => {
  const cell = deciding({}, { ask: true });
  const { outcome, turns } = await asking(() => ({ kind: "denied", why: "no" }), cell);
  assertEquals([outcome.verdict, turns], ["deny", 1]);
  const nobody = await asking(NOBODY, deciding());
  assertEquals(toldOf(nobody.outcome), ["ask", "not_allowed", "decider", undefined]);
});

Deno.test("authorizeAsking() puts a program's yes to the policy in force, which may have changed", async () => {
  const changing = (next: PolicyCell) => (): Says => (cell) => {
    cell.replace(next.current);
    return { kind: "approved", rule: APPROVED };
  };
  const table: readonly (readonly [string, PolicyCell])[] = [
    ["denied", deciding({ deny: ["new.test"] })],
    ["mitm_required", deciding({}, { mode: "limited" })],
    ["proxy_disabled", deciding({}, { enabled: false })],
    ["not_allowed", deciding({}, { decider: false })],
    ["not_allowed", deciding({}, { decider: false, ask: true })],
  ];
  for (const [reason, next] of table) {
    const { outcome, decided } = await asking(NOBODY, deciding(), { says: changing(next)() });
    assertEquals([toldOf(outcome)[1], decided], [reason, 1]);
  }
});

Deno.test("authorizeAsking() asks a program once, however often a person has to be asked again", async () => {
  const { decided, turns } = await asking(
    (_, cell) => {
      cell.replace(policyOf({}, { ask: true, decider: true }));
      return { kind: "changed" };
    },
    deciding({}, { ask: true }),
    { says: () => ({ kind: "ask" }) },
  );
  assertEquals([decided, turns], [1, 2]);
});

Deno.test("authorizeAsking() tells what was let through and not found, and by which policy", async () => {
  const current = policyOf({ allow: ["new.test"] });
  const cell = policyCell(current);
  const told: unknown[] = [];
  const parts: AskingParts = {
    policy: cell,
    options: {
      resolve: () => {
        cell.replace(policyOf({}));
        return Promise.reject(new ConnectError("dns_failure", "Cannot resolve"));
      },
      isOwn: () => false,
      dnsAddresses: 4,
    },
    decide: null,
    ask: () => Promise.resolve(NOBODY()),
    unresolved: ({ request, policy, asker, outcome }) =>
      told.push([request, policy === current, asker.id, outcome]),
  };
  const request = connectTo("new.test");
  const authorized = (signal = NEVER) => authorizeAsking(request, asker({ id: 9 }), parts, signal);
  await assertRejects(() => authorized(), ConnectError);
  assertEquals(told, [[request, true, 9, "failed"]]);
  assertEquals(toldOf(await authorized()), ["deny", "not_allowed", "baseline_policy", undefined]);
  assertEquals(told.length, 1);
});

Deno.test("authorizeAsking() tells what was let through and is not waited for any more", async () => {
  const leaving = new AbortController();
  const told: unknown[] = [];
  const asked: unknown[] = [];
  const parts: AskingParts = {
    policy: policyCell(policyOf({}, { decider: true })),
    options: {
      resolve: (_, signal) => {
        leaving.abort(new Error("gone"));
        return Promise.reject(signal.reason);
      },
      isOwn: () => false,
      dnsAddresses: 4,
    },
    decide: () => {
      asked.push(told.length);
      return Promise.resolve({ kind: "approved", rule: APPROVED });
    },
    ask: () => Promise.resolve(NOBODY()),
    unresolved: ({ asker, outcome }) => told.push([asker.id, outcome]),
  };
  const authorized = () =>
    authorizeAsking(connectTo("new.test"), asker({ id: 9 }), parts, leaving.signal);
  await assertRejects(authorized, Error, "gone");
  assertEquals([told, asked], [[[9, "closed"]], [0]]);
});
