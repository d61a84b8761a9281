import { assert, assertEquals } from "@std/assert";
import { NetworkDecision } from "../../src/library/network_decision.ts";
import { askAt, getOf, makeEmbedding } from "../support/embedding.ts";
import { statusOf } from "../support/wire.ts";

Deno.test("a decider that throws, or answers what is none, denies", async () => {
  await using embedding = makeEmbedding();
  const answers = [
    () => {
      throw new Error("broken");
    },
    () => Promise.reject(new Error("broken later")),
    () => ({ decision: "perhaps" }) as unknown as ReturnType<typeof NetworkDecision.allow>,
  ];
  for (const answer of answers) {
    const proxy = await embedding.builder().policyDecider(answer).build();
    await using handle = await proxy.run();
    const refused = await askAt(handle.addresses!.http, getOf("allowed.test"));
    assertEquals([statusOf(refused), JSON.parse(refused.body).source], [403, "decider"]);
  }
  assertEquals(embedding.lookups, []);
});

Deno.test("an observer that throws is counted, and stops nothing", async () => {
  await using embedding = makeEmbedding();
  const proxy = await embedding.builder().config({
    network: { enabled: true, allowed_domains: ["allowed.test"] },
  }).onAudit(() => {
    throw new Error("broken");
  }).onBlocked(() => {
    throw new Error("broken");
  }).build();
  await using handle = await proxy.run();
  assertEquals(statusOf(await askAt(handle.addresses!.http, getOf("allowed.test"))), 200);
  assertEquals(statusOf(await askAt(handle.addresses!.http, getOf("other.test"))), 403);
  assert(handle.audit.sinks[0]!.lost >= 2);
});

Deno.test("a proxy that is switched off while it runs answers that, and can be switched on", async () => {
  await using embedding = makeEmbedding();
  const on = { network: { enabled: true, allowed_domains: ["allowed.test"] } };
  await using handle = await (await embedding.builder().config(on).build()).run();
  await handle.replaceConfig({ network: { ...on.network, enabled: false } });
  assertEquals(statusOf(await askAt(handle.addresses!.http, getOf("allowed.test"))), 503);
  await handle.replaceConfig(on);
  assertEquals(statusOf(await askAt(handle.addresses!.http, getOf("allowed.test"))), 200);
});
