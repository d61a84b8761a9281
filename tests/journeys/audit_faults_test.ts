// Whatever takes records, or decides, may break: requests are answered as if nothing had happened, and what it cost is
// counted and said.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { askAt, getOf, makeEmbedding } from "../support/embedding.ts";
import { startOrigin } from "../support/origin.ts";
import { makeScratch } from "../support/scratch.ts";
import { statusOf } from "../support/wire.ts";

/** Whether a disk of a test's own can be mounted here. */
const CAN_MOUNT = Deno.build.os === "linux" &&
  await new Deno.Command("unshare", { args: ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"] })
    .output().then(({ success }) => success, () => false);

Deno.test({
  name: "a disk that is full stops no request, opens none, and what it cost is counted and said",
  ignore: !CAN_MOUNT,
  fn: async () => {
    await using scratch = await makeScratch();
    const script = new URL("../support/full_disk_proxy.ts", import.meta.url).pathname;
    const line = `mount -t tmpfs -o size=16m none "$1" && exec "$2" run -A --no-check "$3" "$1"`;
    const words = ["-rm", "sh", "-c", line, "sh", scratch.folder, Deno.execPath(), script];
    const { stdout, stderr } = await new Deno.Command("unshare", { args: words }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
    const seen = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals(seen.statuses, { "allowed.test 200": 4010, "other.test 403": 4010 });
    assertEquals(seen.records, 3 * 4010);
    assertEquals(seen.verified.kind, "ok", JSON.stringify(seen.verified));
    const { lost, decisions, closes } = seen.verified;
    assert(seen.lost > 0);
    assertEquals([lost, decisions + closes], [seen.lost, seen.records - seen.lost]);
    assertStringIncludes(seen.told.at(-1), `again: ${seen.lost} lines were lost`);
  },
});

Deno.test("a collector that hangs stops no request, and what it never took is counted and said", async () => {
  // It takes the request, and says nothing.
  await using collector = startOrigin(async (wire) => {
    await wire.readAll();
  });
  await using embedding = makeEmbedding();
  const told: string[] = [];
  // The embedding's dialer leads everywhere to its origin: the collector has its own way.
  const { dial } = embedding.machine;
  const machine = {
    ...embedding.machine,
    dial:
      ((to, signal) =>
        to.port === collector.address.port
          ? Deno.connect({ hostname: "127.0.0.1", port: to.port })
          : dial(to, signal)) as typeof dial,
  };
  const { NetworkProxy } = await import("../../src/mod.ts");
  const endpoint = `http://127.0.0.1:${collector.address.port}`;
  const proxy = await NetworkProxy.builder(machine).config({
    network: { enabled: true, allowed_domains: ["allowed.test"] },
    otel: { exporter: { "otlp-http": { endpoint } } },
  }).onDiagnostic((line) => void told.push(line)).build();
  const handle = await proxy.run();
  const { http } = handle.addresses!;
  for (let turn = 0; turn < 300; turn++) {
    assertEquals(statusOf(await askAt(http, getOf("allowed.test"))), 200);
    assertEquals(statusOf(await askAt(http, getOf("other.test"))), 403);
  }
  await handle.shutdown();
  const { records, sinks } = handle.audit;
  assertEquals([records, sinks[0]?.lost], [900, 900]);
  assert(told.some((line) => line.includes(endpoint)), told.join("\n"));
});

Deno.test("a decider that dies denies what it would be asked, and nothing else", async () => {
  await using embedding = makeEmbedding();
  const told: string[] = [];
  const proxy = await embedding.builder().config({
    network: {
      enabled: true,
      allowed_domains: ["allowed.test"],
      denied_domains: ["denied.test"],
      decider: { command: [Deno.execPath(), "eval", "Deno.exit(3)"] },
    },
  }).onDiagnostic((line) => void told.push(line)).build();
  await using handle = await proxy.run();
  const { http } = handle.addresses!;
  for (let turn = 0; turn < 8; turn++) {
    const asked = JSON.parse((await askAt(http, getOf("unknown.test"))).body);
    assertEquals([asked.reason, asked.source, asked.retryable], [
      "decider_failed",
      "decider",
      true,
    ]);
    assertEquals(statusOf(await askAt(http, getOf("allowed.test"))), 200);
    assertEquals(JSON.parse((await askAt(http, getOf("denied.test"))).body).reason, "denied");
  }
  assert(!embedding.lookups.includes("unknown.test"));
  assert(told.some((line) => line.includes("failed 5 times in a row")), told.join("\n"));
});
