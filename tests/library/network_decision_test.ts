import { assertEquals } from "@std/assert";
import { NetworkDecision } from "../../src/library/network_decision.ts";

Deno.test("decisions have the reasons of the wire, unless a program has its own", () => {
  assertEquals(NetworkDecision.allow(), { decision: "allow" });
  assertEquals(NetworkDecision.deny(), { decision: "deny", reason: "policy_denied" });
  assertEquals(NetworkDecision.deny("no"), { decision: "deny", reason: "no" });
  assertEquals(NetworkDecision.ask(), { decision: "ask", reason: "not_allowed" });
  assertEquals(NetworkDecision.ask("who knows"), { decision: "ask", reason: "who knows" });
});
