import { assertEquals } from "@std/assert";
import type { HappenedAudit } from "../../src/audit/audit_record.ts";
import { RecordLines } from "../../src/audit/record_line.ts";
import { safeJson } from "../../src/audit/safe_json.ts";
import { closeAudit, decisionAudit } from "../support/audit_records.ts";
import { seededRandom } from "../support/random.ts";

const RUNS = 2000;
/** Some that need an escape, and some that do not. */
const WORDS = ["GET", "a.test", 'a"b', "\\", "\u202e", "\n", "é", "", "x y", "\u007f", "{}"];

Deno.test("RecordLines prints every record as safeJson() does, whichever came before it", () => {
  const random = seededRandom(1);
  const lines = new RecordLines();
  const word = () => random.pick(WORDS);
  for (let run = 0; run < RUNS; run++) {
    const common = {
      "server.address": word(),
      "server.port": random.below(3),
      "http.request.method": word(),
      "client.address": `127.0.0.1:${random.below(3)}`,
      "doorward.seq": run,
      ...(random.below(3) === 0 ? { "doorward.listener": "127.0.0.1:1" } : {}),
      ...(random.below(3) === 0 ? { "doorward.attempt.id": word() } : {}),
      ...(random.below(3) === 0 ? { "doorward.label": word() } : {}),
      ...(random.below(3) === 0 ? { "doorward.command": word() } : {}),
      ...(random.below(3) === 0 ? { "doorward.exec_policy_hint": word() } : {}),
    };
    const record: HappenedAudit = random.below(2) === 0
      ? decisionAudit({
        "network.policy.decision": random.pick(["allow", "deny", "ask"]),
        "network.policy.reason": word(),
        "network.policy.scope": random.pick(["domain", "non_domain"]),
        "network.policy.source": random.pick(["baseline_policy", "decider"]),
        "network.policy.override": random.below(2) === 0,
        "network.transport.protocol": random.pick(["http", "socks5_tcp"]),
        "doorward.rule": word(),
        ...common,
      })
      : closeAudit({
        "doorward.outcome": random.pick(["done", "failed", "closed"]),
        "doorward.bytes.up": random.below(1e9),
        "network.transport.protocol": random.pick(["http", "socks5_tcp"]),
        ...common,
      });
    assertEquals(lines.line(record), safeJson(record));
  }
});

Deno.test("RecordLines leaves out the rule of a record without one", () => {
  const { "doorward.rule": _, ...record } = decisionAudit();
  assertEquals(new RecordLines().line(record), safeJson(record));
});

Deno.test("RecordLines prints what the embedding program says of itself, whatever it is", () => {
  const { target, "event.name": name, "event.timestamp": at, ...rest } = closeAudit();
  const said = { "conversation.id": 'c"1', "app.version": "\u202e" };
  const record = { target, "event.name": name, "event.timestamp": at, ...said, ...rest };
  assertEquals(new RecordLines().line(record), safeJson(record));
});
