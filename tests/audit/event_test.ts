import { assertEquals } from "@std/assert";
import { EVENT_TYPES, type ProxyEvent } from "../../src/audit/event.ts";

/** A row for each kind, which the compiler makes complete. */
const KINDS: Readonly<Record<ProxyEvent["type"], true>> = {
  decision: true,
  blocked: true,
  pending: true,
  connection: true,
  rule: true,
  reload: true,
  mode: true,
};

Deno.test("EVENT_TYPES names every kind of event, once", () => {
  assertEquals([...EVENT_TYPES].sort(), Object.keys(KINDS).sort() as ProxyEvent["type"][]);
});
