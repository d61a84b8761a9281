import { assert, assertEquals, assertRejects } from "@std/assert";
import { buildProxy } from "../../src/library/build_proxy.ts";
import type { ProxySettings } from "../../src/library/network_proxy_builder.ts";
import { makeEmbedding } from "../support/embedding.ts";
import { makeScratch } from "../support/scratch.ts";

const SETTINGS: ProxySettings = {
  managed: true,
  httpUrl: null,
  socksUrl: null,
  adminUrl: null,
  adminToken: null,
  source: { text: { name: "config", toml: "[network]\nenabled = true\n" } },
  requirements: null,
  decider: null,
  metadata: {},
  attribution: { label: null, command: null, execPolicyHint: null },
  onAudit: null,
  onBlocked: null,
  onDiagnostic: () => {},
};

Deno.test("a managed proxy has two sockets of loopback, and SOCKS5 its own", async () => {
  await using embedding = makeEmbedding();
  const built = await buildProxy(SETTINGS, embedding.machine);
  const speaks = built.open!.listeners.map(({ listener, speaks }) => {
    listener.close();
    return speaks;
  });
  assertEquals(speaks, ["http", "socks5"]);
  assertEquals([built.off, built.open!.admin], [null, null]);
});

Deno.test("ports that are required are taken by a managed proxy, too", async () => {
  await using scratch = await makeScratch();
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr as Deno.NetAddr;
  free.close();
  await scratch.write("requirements.toml", `[experimental_network]\nhttp_port = ${port}\n`);
  await using embedding = makeEmbedding({ systemFolder: scratch.folder });
  const built = await buildProxy(SETTINGS, embedding.machine);
  const ports = built.open!.listeners.map(({ listener }) => {
    listener.close();
    return listener.address.port;
  });
  assertEquals(ports[0], port);
  assert(ports[1] !== 8081);
});

Deno.test("an admin API that cannot listen leaves nothing open", async () => {
  await using embedding = makeEmbedding();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const settings = {
    ...SETTINGS,
    managed: false,
    httpUrl: "http://127.0.0.1:0",
    socksUrl: "http://127.0.0.1:0",
    adminUrl: `http://127.0.0.1:${port}`,
  };
  // The sanitizer of this test sees a listener that is left.
  await assertRejects(() => buildProxy(settings, embedding.machine), Error, "for the admin API");
});

Deno.test("notices of a configuration are told with their place", async () => {
  await using embedding = makeEmbedding();
  const told: string[] = [];
  const toml = "[network]\nenabled = false\nproxy_url = 'http://0.0.0.0:3128'\n";
  const built = await buildProxy({
    ...SETTINGS,
    source: { text: { name: "config", toml } },
    onDiagnostic: (line) => told.push(line),
  }, embedding.machine);
  assert(told.some((line) => line.startsWith("config:3:") && line.includes("not on 0.0.0.0")));
  assertEquals(built.open, null);
  assert(built.off !== null);
});

Deno.test("a decider is told of that nobody asks, since the requirements leave nothing to decide", async () => {
  await using scratch = await makeScratch();
  const required = "[experimental_network]\nmanaged_allowed_domains_only = true\n" +
    'domains = { "a.test" = "allow" }\n';
  await scratch.write("requirements.toml", required);
  await using embedding = makeEmbedding({ systemFolder: scratch.folder });
  const told: string[] = [];
  const decide = () => Promise.reject(new Error("Nobody is asked"));
  const toml = '[network]\nenabled = true\nallowed_domains = ["a.test"]\n';
  const built = await buildProxy({
    ...SETTINGS,
    source: { text: { name: "config", toml } },
    decider: { asks: { kind: "function", decide }, timeoutMs: 1, concurrency: 1 },
    onDiagnostic: (line) => told.push(line),
  }, embedding.machine);
  built.open!.listeners.forEach(({ listener }) => listener.close());
  assertEquals(told.at(-1), "The requirements leave nothing to decide: the decider is not asked");
});
