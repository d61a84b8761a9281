import { assertEquals } from "@std/assert";
import { type PolicyCell, policyCell } from "../../../src/policy/policy.ts";
import { type AskingParts, authorizeAsking } from "../../../src/proxy/asking/authorize_asking.ts";
import type { Outcome } from "../../../src/proxy/asking/questions.ts";
import type { AuthorizeOptions } from "../../../src/proxy/authorize.ts";
import { asker } from "../../support/asker.ts";
import { connectTo, ip, policyOf, rule } from "../../support/policy.ts";

const NEVER = new AbortController().signal;
const APPROVED = rule("allow", "new.test:443 over https_connect");

/** Asks about new.test, and tells how often a person was asked, and what was looked up. */
async function asking(
  answer: (turn: number, cell: PolicyCell) => Outcome,
  cell: PolicyCell = policyCell(policyOf({}, { ask: true })),
) {
  let turns = 0;
  const lookups: string[] = [];
  const options: AuthorizeOptions = {
    resolve: (name) => {
      lookups.push(name);
      return Promise.resolve([ip("93.184.216.34")]);
    },
    isOwn: () => false,
    dnsAddresses: 4,
  };
  const ask: AskingParts["ask"] = () => Promise.resolve(answer(++turns, cell));
  const parts = { policy: cell, options, ask };
  const outcome = await authorizeAsking(connectTo("new.test"), asker(), parts, NEVER);
  return { outcome, turns, lookups };
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
