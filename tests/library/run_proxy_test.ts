import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfigError } from "../../src/config/errors.ts";
import type { NetworkDecision } from "../../src/library/network_decision.ts";
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

Deno.test("an observer that rejects later is counted, and does not end the program", async () => {
  await using embedding = makeEmbedding();
  const rejecting = () => Promise.reject(new Error("broken"));
  const proxy = await embedding.builder().onAudit(rejecting).onBlocked(rejecting)
    .onDiagnostic(rejecting).build();
  await using handle = await proxy.run();
  assertEquals(statusOf(await askAt(handle.addresses!.http, getOf("other.test"))), 403);
  await handle.shutdown();
  assertEquals(handle.audit.sinks, [{ name: "function", lost: 1 }]);
});

Deno.test("a proxy that is switched off while it runs answers that, and can be switched on", async () => {
  await using embedding = makeEmbedding();
  const on = { network: { enabled: true, allowed_domains: ["allowed.test"] } };
  await using handle = await (await embedding.builder().config(on).build()).run();
  const network = { enabled: true, allowed_domains: ["allowed.test"] };
  // Either is what build() would start no proxy for.
  const unfeatured = { default_permissions: "work", permissions: { work: { network } } };
  for (const off of [{ network: { ...on.network, enabled: false } }, unfeatured]) {
    await handle.replaceConfig(off);
    assertEquals(statusOf(await askAt(handle.addresses!.http, getOf("allowed.test"))), 503);
    await handle.replaceConfig(on);
    assertEquals(statusOf(await askAt(handle.addresses!.http, getOf("allowed.test"))), 200);
  }
});

Deno.test("a proxy that cannot run leaves nothing of what was opened for it", async () => {
  await using embedding = makeEmbedding();
  const port = freePort();
  const built = await embedding.builder().managed(false).httpAddr(`127.0.0.1:${port}`).config({
    network: { enable_socks5: false, upstream_proxy: `http://127.0.0.1:${port}` },
    otel: { metrics_exporter: SOMEWHERE },
  }).build();
  await assertRejects(() => built.run(), ConfigError, "Doorward itself");
  Deno.listen({ hostname: "127.0.0.1", port }).close();
});

/** Metrics are sent there at intervals, whether or not anything happens. */
const SOMEWHERE = { "otlp-http": { endpoint: "http://127.0.0.1:9", protocol: "json" } };

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}
