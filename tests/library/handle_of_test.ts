import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { askAt, getOf, makeEmbedding } from "../support/embedding.ts";
import { makeScratch } from "../support/scratch.ts";
import { statusOf } from "../support/wire.ts";

const ON = { network: { enabled: true, allowed_domains: ["allowed.test"] } };

Deno.test("a listener that is added has an environment of its own, and ends by itself", async () => {
  await using embedding = makeEmbedding();
  await using handle = await (await embedding.builder().config(ON).build()).run();
  const listener = handle.addListener({ label: "one" });
  assertEquals(listener.env({ inherited: {} })["http_proxy"], `http://${listener.address}`);
  assertEquals(statusOf(await askAt(listener.address, getOf("allowed.test"))), 200);
  await listener[Symbol.asyncDispose]();
  await assertRejects(() => askAt(listener.address, getOf("allowed.test")));
  assertEquals(statusOf(await askAt(handle.addresses!.http, getOf("allowed.test"))), 200);
});

Deno.test("a change that cannot be made says why", async () => {
  await using embedding = makeEmbedding();
  await using handle = await (await embedding.builder().config(ON).build()).run();
  await assertRejects(() => handle.allow("10.0.0.0/8:x"), Error, "Cannot allow");
  await assertRejects(() => handle.deny("**"), Error, "Cannot deny");
  assertThrows(() => handle.env({ attemptId: "a b" }), TypeError);
});

Deno.test("violation lines go to the file that the configuration names", async () => {
  await using scratch = await makeScratch();
  await using embedding = makeEmbedding();
  const path = `${scratch.folder}/violations.log`;
  const config = { network: { ...ON.network, violation_file: path } };
  const handle = await (await embedding.builder().config(config).build()).run();
  await askAt(handle.addresses!.http, getOf("other.test"));
  await handle.shutdown();
  const [line, ...rest] = (await Deno.readTextFile(path)).trimEnd().split("\n");
  assertEquals(line!.startsWith('CODEX_NETWORK_POLICY_VIOLATION {"host":"other.test"'), true);
  assertEquals(rest, []);
});

Deno.test("the webhook of a configuration is asked", async () => {
  const asked: string[] = [];
  const hook = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      asked.push((await request.json()).host);
      return Response.json({ decision: "approve", scope: "once" });
    },
  );
  await using embedding = makeEmbedding();
  const { dial } = embedding.machine;
  const machine = {
    ...embedding.machine,
    dial:
      ((to, signal) =>
        to.port === hook.addr.port
          ? Deno.connect({ hostname: "127.0.0.1", port: to.port })
          : dial(to, signal)) as typeof dial,
  };
  const { NetworkProxy } = await import("../../src/library/network_proxy.ts");
  const ask_webhook = `http://127.0.0.1:${hook.addr.port}/`;
  const config = { network: { enabled: true, ask: true, ask_webhook } };
  const handle = await (await NetworkProxy.builder(machine).config(config).build()).run();
  assertEquals(statusOf(await askAt(handle.addresses!.http, getOf("new.allowed.test"))), 200);
  assertEquals(asked, ["new.allowed.test"]);
  await handle.shutdown();
  await hook.shutdown();
});
