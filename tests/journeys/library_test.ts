import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type AuditRecord,
  ConfigError,
  NetworkDecision,
  type NetworkPolicyRequest,
  NetworkProxy,
} from "../../src/mod.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { askAt, getOf, makeEmbedding, wireTo } from "../support/embedding.ts";
import { inTime, until } from "../support/in_time.ts";
import { answering, ok } from "../support/origin.ts";
import { ip } from "../support/policy.ts";
import { makeScratch } from "../support/scratch.ts";
import { fieldOf, statusOf } from "../support/wire.ts";

const NEVER = new AbortController().signal;

const ALLOWING = { network: { enabled: true, allowed_domains: ["allowed.test"] } };

Deno.test("the library example of the requirements, in TypeScript", async () => {
  await using embedding = makeEmbedding({ resolve: { "api.test": "93.184.216.35" } });
  const proxy = await embedding.builder()
    .httpAddr("127.0.0.1:8080")
    .attribution({ command: "curl http://api.test/" })
    .policyDecider((request) => {
      // Allowed by itself when the policy for commands already approved a command prefix.
      if (request.command?.startsWith("curl ")) return NetworkDecision.allow();
      return NetworkDecision.deny("policy_denied");
    })
    .build();
  const handle = await proxy.run();
  const { http } = handle.addresses!;
  assertEquals(statusOf(await askAt(http, getOf("api.test"))), 200);

  await using wget = handle.addListener({ command: "wget http://api.test/" });
  const refused = await askAt(wget.address, getOf("api.test"));
  assertEquals([statusOf(refused), JSON.parse(refused.body).reason], [403, "policy_denied"]);
  await handle.shutdown();
});

Deno.test("a managed proxy has free ports of loopback, from build() on", async () => {
  await using embedding = makeEmbedding();
  await using proxy = await embedding.builder().config(ALLOWING).httpAddr("192.0.2.1:8080")
    .adminAddr("192.0.2.1:8080").build();
  const { http, socks, admin } = proxy.addresses!;
  const ports = [http, socks!, admin!].map((address) => {
    const [host, port] = address.split(":");
    assertEquals(host, "127.0.0.1");
    return Number(port);
  });
  assertEquals(new Set(ports).size, 3);
  assert(ports.every((port) => port > 0));
  // Nobody can take a port between build() and run().
  assertThrows(() => Deno.listen({ hostname: "127.0.0.1", port: ports[0]! }));
});

Deno.test("a proxy that is not managed listens where the builder, or the configuration, says", async () => {
  await using embedding = makeEmbedding();
  const [first, second, third] = freePorts(3);
  const text = `[network]\nenabled = true\nproxy_url = "http://127.0.0.1:${first}"\n` +
    `socks_url = "http://127.0.0.1:${second}"\n`;
  await using configured = await embedding.builder().managed(false).config(text).build();
  assertEquals(configured.addresses, {
    http: `127.0.0.1:${first}`,
    socks: `127.0.0.1:${second}`,
    admin: null,
  });
  await configured[Symbol.asyncDispose]();
  await using overridden = await embedding.builder().managed(false).config(text)
    .httpAddr(`127.0.0.1:${third}`).adminAddr("127.0.0.1:0").build();
  assertEquals(overridden.addresses?.http, `127.0.0.1:${third}`);
  assertEquals(overridden.addresses?.socks, `127.0.0.1:${second}`);
});

Deno.test("an address of the builder is kept on loopback, like one of the file", async () => {
  await using embedding = makeEmbedding();
  const [port] = freePorts(1);
  await using clamped = await embedding.builder().managed(false).config(ALLOWING)
    .httpAddr(`0.0.0.0:${port}`).socksAddr("[::]:0").adminAddr("0.0.0.0:0").build();
  const { http, socks, admin } = clamped.addresses!;
  assertEquals(http, `127.0.0.1:${port}`);
  assert(socks?.startsWith("127.0.0.1:") && admin?.startsWith("127.0.0.1:"));
});

Deno.test("an address that is none is a fault of the builder that names it", async () => {
  await using embedding = makeEmbedding();
  const builder = embedding.builder().managed(false).config(ALLOWING).httpAddr("nowhere at all");
  const error = await assertRejects(() => builder.build(), ConfigError);
  assert(error.message.includes("nowhere at all"), error.message);
});

Deno.test("a port that is taken rejects build(), and leaves nothing open", async () => {
  await using embedding = makeEmbedding();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const [free] = freePorts(1);
  const error = await assertRejects(
    () =>
      embedding.builder().managed(false).config(ALLOWING).httpAddr(`127.0.0.1:${free}`)
        .socksAddr(`127.0.0.1:${port}`).build(),
    Error,
  );
  assert(error.message.includes(`127.0.0.1:${port}`), error.message);
  Deno.listen({ hostname: "127.0.0.1", port: free! }).close();
});

Deno.test("while SOCKS5 is off no port is taken for it", async () => {
  await using embedding = makeEmbedding();
  const config = { network: { ...ALLOWING.network, enable_socks5: false } };
  const proxy = await embedding.builder().config(config).build();
  assertEquals(proxy.addresses?.socks, null);
  await using handle = await proxy.run();
  await using listener = handle.addListener({ label: "one" });
  await using wire = await wireTo(listener.address);
  await wire.send("\x05\x01\x00");
  // Not even beside HTTP: it is answered as what it is not.
  assert((await wire.readAll()).startsWith("HTTP/1.1 400 "));
});

Deno.test("what is allowed passes, what is not says why, and each is recorded once", async () => {
  await using embedding = makeEmbedding();
  const records: AuditRecord[] = [];
  const blocked: string[] = [];
  const proxy = await embedding.builder().config(ALLOWING)
    .auditMetadata({ conversationId: "c-1", appVersion: "1.0", userAccountId: "acct" })
    .attribution({ label: "build", command: "make", execPolicyHint: "approved" })
    .onAudit((record) => records.push(record))
    .onBlocked((record) => blocked.push(`${record.host} ${record.label}`))
    .build();
  const handle = await proxy.run();
  const { http } = handle.addresses!;
  assertEquals((await askAt(http, getOf("allowed.test"))).body, "hello");
  const refused = await askAt(http, getOf("other.test"));
  assertEquals(fieldOf(refused, "x-proxy-error"), "blocked-by-allowlist");
  await handle.shutdown();

  assertEquals(embedding.lookups, ["allowed.test"]);
  assertEquals(embedding.dialled, ["93.184.216.34:80"]);
  assertEquals(blocked, ["other.test build"]);
  assertEquals(handle.blocked().map(({ host, seq }) => [host, seq]), [["other.test", 1]]);
  assertEquals(handle.audit, { records: 3, sinks: [{ name: "function", lost: 0 }] });
  assertEquals(records.map((record) => record["event.name"]), [
    "codex.network_proxy.policy_decision",
    "doorward.request_close",
    "codex.network_proxy.policy_decision",
  ]);
  for (const record of records) {
    const known = {
      "conversation.id": "c-1",
      "app.version": "1.0",
      "user.account_id": "acct",
      "doorward.label": "build",
      "doorward.command": "make",
      "doorward.exec_policy_hint": "approved",
      "doorward.listener": http,
    };
    assertEquals({ ...record, ...known }, record);
  }
});

Deno.test("two proxies of one program share nothing", async () => {
  await using embedding = makeEmbedding({ resolve: { "other.test": "93.184.216.35" } });
  const one = await embedding.builder().config(ALLOWING).build();
  const two = await embedding.builder()
    .config({ network: { enabled: true, allowed_domains: ["other.test"] } }).build();
  await using first = await one.run();
  await using second = await two.run();
  const statuses = await Promise.all(
    [first, second].flatMap(({ addresses }) =>
      ["allowed.test", "other.test"].map(async (host) =>
        statusOf(await askAt(addresses!.http, getOf(host)))
      )
    ),
  );
  assertEquals(statuses, [200, 403, 403, 200]);
  assertEquals(first.blocked().map(({ host }) => host), ["other.test"]);
  assertEquals(second.blocked().map(({ host }) => host), ["allowed.test"]);
  await first.setMode("limited");
  await first.allow("third.test");
  const posted = await askAt(second.addresses!.http, getOf("other.test", "DELETE"));
  assertEquals(statusOf(posted), 200);
  // One proxy is not a destination of the other either, unless it is allowed like any other place.
  const through = await askAt(first.addresses!.http, getOf(second.addresses!.http));
  assertEquals(statusOf(through), 403);
  await first.shutdown();
  assertEquals(statusOf(await askAt(second.addresses!.http, getOf("other.test"))), 200);
});

Deno.test("a configuration that is switched off gives the handle of no proxy, and says so", async () => {
  await using embedding = makeEmbedding();
  const said: string[] = [];
  for (
    const config of [
      { network: { enabled: false } },
      {
        default_permissions: "work",
        permissions: { work: { network: { enabled: true, allowed_domains: ["allowed.test"] } } },
      },
      { sandbox_mode: "workspace-write", sandbox_workspace_write: { network_access: true } },
    ]
  ) {
    const proxy = await embedding.builder().config(config)
      .onDiagnostic((line) => line.includes("skipping") && said.push(line)).build();
    assertEquals(proxy.addresses, null);
    await using handle = await proxy.run();
    assertEquals([handle.addresses, handle.env(), handle.blocked()], [null, {}, []]);
    assert(handle.inactive !== null && said.at(-1)?.startsWith(handle.inactive), said.at(-1));
    assertThrows(() => handle.addListener({}), TypeError);
    await assertRejects(() => handle.allow("allowed.test"), TypeError);
    await handle.wait();
  }
  assertEquals(said.length, 3);
  assert(said[0]!.endsWith("skipping proxy listeners"), said[0]);
});

Deno.test("a permission profile starts a proxy with its feature on", async () => {
  await using embedding = makeEmbedding();
  const proxy = await embedding.builder().config({
    features: { network_proxy: true },
    default_permissions: "work",
    permissions: { work: { network: { enabled: true, allowed_domains: ["allowed.test"] } } },
  }).build();
  await using handle = await proxy.run();
  assertEquals(statusOf(await askAt(handle.addresses!.http, getOf("allowed.test"))), 200);
});

Deno.test("faults of a configuration name it, its line and what to do", async () => {
  await using embedding = makeEmbedding();
  const text = '[network]\nenabled = true\nallowed_domains = ["*"]\n';
  const error = await assertRejects(() => embedding.builder().config(text).build(), ConfigError);
  assertEquals(error.faults.map(({ origin }) => [origin.file, origin.line]), [["config", 3]]);
  assertThrows(() => embedding.builder().config({ network: { enabled: null } }), TypeError);
});

Deno.test("a configuration file is read, and read again", async () => {
  await using embedding = makeEmbedding({ resolve: { "other.test": "93.184.216.35" } });
  await using scratch = await makeScratch();
  const file = await scratch.configure('[network]\nallowed_domains = ["allowed.test"]\n');
  await using handle = await (await embedding.builder().configFile(file).build()).run();
  const { http } = handle.addresses!;
  assertEquals(statusOf(await askAt(http, getOf("other.test"))), 403);
  await scratch.configure('[network]\nallowed_domains = ["other.test"]\n');
  await handle.replaceConfig();
  assertEquals(statusOf(await askAt(http, getOf("other.test"))), 200);
  assertEquals(statusOf(await askAt(http, getOf("allowed.test"))), 403);
});

Deno.test("another configuration comes into force whole, or not at all", async () => {
  await using embedding = makeEmbedding({ resolve: { "other.test": "93.184.216.35" } });
  await using handle = await (await embedding.builder().config(ALLOWING).build()).run();
  const { http } = handle.addresses!;
  const next = { network: { enabled: true, allowed_domains: ["other.test"] } };
  for (const key of [{ enable_socks5: false }, { enabled: "yes" }, { allow_local_bindin: true }]) {
    const replacing = () => handle.replaceConfig({ network: { ...next.network, ...key } });
    await assertRejects(replacing, ConfigError, Object.keys(key)[0]);
    assertEquals(statusOf(await askAt(http, getOf("allowed.test"))), 200);
  }
  await handle.replaceConfig(next);
  assertEquals(statusOf(await askAt(http, getOf("other.test"))), 200);
  assertEquals(statusOf(await askAt(http, getOf("allowed.test"))), 403);
});

Deno.test("a configuration takes the place of a file, and is the one that is read again", async () => {
  await using embedding = makeEmbedding({ resolve: { "other.test": "93.184.216.35" } });
  await using scratch = await makeScratch();
  const file = await scratch.configure('[network]\nallowed_domains = ["allowed.test"]\n');
  await using handle = await (await embedding.builder().configFile(file).build()).run();
  const { http } = handle.addresses!;
  await handle.replaceConfig({ network: { allowed_domains: ["other.test"] } });
  await Deno.remove(file);
  await handle.replaceConfig();
  assertEquals(statusOf(await askAt(http, getOf("other.test"))), 200);
  assertEquals(statusOf(await askAt(http, getOf("allowed.test"))), 403);
});

Deno.test("of two configurations at once each is judged by itself, and the last that can be used counts", async () => {
  await using embedding = makeEmbedding({ resolve: { "other.test": "93.184.216.35" } });
  await using handle = await (await embedding.builder().config(ALLOWING).build()).run();
  const { http } = handle.addresses!;
  const outcomes = await Promise.allSettled([
    handle.replaceConfig({ network: { allowed_domains: ["other.test"] } }),
    handle.replaceConfig({ network: { enabled: "yes" } }),
    handle.replaceConfig(),
  ]);
  assertEquals(outcomes.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  assertEquals(statusOf(await askAt(http, getOf("other.test"))), 200);
  assertEquals(statusOf(await askAt(http, getOf("allowed.test"))), 403);
});

Deno.test("a program that cannot hear of troubles has no more of them", async () => {
  await using embedding = makeEmbedding();
  const heard: string[] = [];
  const builder = embedding.builder().onDiagnostic((line) => {
    heard.push(line);
    throw new Error("broken");
  });
  const limited = { network: { allowed_domains: ["allowed.test"], mode: "limited" } };
  await using handle = await (await builder.config(limited).build()).run();
  await handle.replaceConfig(ALLOWING);
  await handle.replaceConfig();
  const deleting = getOf("allowed.test", "DELETE");
  assertEquals(statusOf(await askAt(handle.addresses!.http, deleting)), 200);
  assert(heard.length >= 2, heard.join("; "));
});

Deno.test("rules and the mode change while it runs", async () => {
  await using embedding = makeEmbedding({ resolve: { "other.test": "93.184.216.35" } });
  await using handle = await (await embedding.builder().config(ALLOWING).build()).run();
  const { http } = handle.addresses!;
  await handle.allow("other.test");
  assertEquals(statusOf(await askAt(http, getOf("other.test"))), 200);
  await handle.deny("allowed.test");
  assertEquals(statusOf(await askAt(http, getOf("allowed.test"))), 403);
  await handle.setMode("limited");
  assertEquals(statusOf(await askAt(http, getOf("other.test", "DELETE"))), 403);
  await assertRejects(() => handle.allow("*"), Error, "Cannot allow *");
});

Deno.test("requirements of the machine bind an embedded proxy too", async () => {
  await using scratch = await makeScratch();
  await scratch.write("system/requirements.toml", "[experimental_network]\nmode = 'limited'\n");
  await using embedding = makeEmbedding({ systemFolder: `${scratch.folder}/system` });
  const loose = { network: { ...ALLOWING.network, mode: "full" } };
  const said: string[] = [];
  const builder = embedding.builder().config(loose).onDiagnostic((line) => said.push(line));
  await using handle = await (await builder.build()).run();
  assert(said.some((line) => line.includes("network.mode")), said.join("; "));
  const deleting = getOf("allowed.test", "DELETE");
  assertEquals(statusOf(await askAt(handle.addresses!.http, deleting)), 403);
  await assertRejects(() => handle.setMode("full"), Error, "Cannot switch to full mode");
});

Deno.test("requirements that come while it runs end what the decider let through", async () => {
  await using scratch = await makeScratch();
  await scratch.write("system/requirements.toml", "[experimental_network]\n");
  await using embedding = makeEmbedding({ systemFolder: `${scratch.folder}/system` });
  let asked = 0;
  const builder = embedding.builder().config(ALLOWING).policyDecider(() => {
    asked += 1;
    return NetworkDecision.allow();
  });
  await using handle = await (await builder.build()).run();
  const { http } = handle.addresses!;
  await using tunnel = await wireTo(http);
  const host = "one.allowed.test";
  await tunnel.send(`CONNECT ${host}:80 HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assertEquals((await tunnel.readHead()).slice(0, 12), "HTTP/1.1 200");
  await scratch.write(
    "system/requirements.toml",
    "[experimental_network]\nmanaged_allowed_domains_only = true\n" +
      'domains = { "allowed.test" = "allow" }\n',
  );
  await handle.replaceConfig();
  assertEquals(await tunnel.readAll(), "");
  assertEquals(statusOf(await askAt(http, getOf(host))), 403);
  assertEquals(statusOf(await askAt(http, getOf("allowed.test"))), 200);
  assertEquals(asked, 1);
});

Deno.test("the admin API is there when it is asked for, and needs its token to loosen", async () => {
  await using embedding = makeEmbedding();
  const proxy = await embedding.builder().config(ALLOWING).adminAddr("127.0.0.1:8080")
    .adminToken("s3cret").build();
  await using handle = await proxy.run();
  const { admin } = handle.addresses!;
  assertEquals(handle.adminToken, "s3cret");
  const call = async (token: string) => {
    const response = await fetch(`http://${admin}/allow`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: '{"host":"other.test"}',
    });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals([await call("wrong"), await call("s3cret")], [401, 200]);
  const explained = await fetch(`http://${admin}/explain?url=other.test`);
  await explained.body?.cancel();
  assertEquals(explained.status, 404);
});

Deno.test("shutdown closes tunnels, half-closed ones too, and what waits for its next request", async () => {
  await using embedding = makeEmbedding({
    origin: async (wire, index) => {
      if (index === 2) return await answering(ok())(wire, index);
      await wire.readUntil("ping");
      await wire.send("pong");
    },
  });
  const config = { network: { ...ALLOWING.network, sni_binding: false } };
  const handle = await (await embedding.builder().config(config).build()).run();
  const { http } = handle.addresses!;
  const tunnels = [];
  for (const _ of ["open", "half closed"]) {
    const wire = await wireTo(http);
    await wire.send("CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n");
    assertEquals((await wire.readHead()).slice(0, 12), "HTTP/1.1 200");
    await wire.send("ping");
    assertEquals(await wire.readExactly(4), "pong");
    tunnels.push(wire);
  }
  const stream = await tcpDialer({ ip: ip("127.0.0.1"), port: Number(http.split(":")[1]) }, NEVER);
  await stream.closeWrite();
  const kept = await wireTo(http);
  await kept.send(getOf("allowed.test"));
  assertEquals((await kept.readMessage()).body, "hello");
  const waiting = handle.wait();
  await handle.shutdown(0);
  await inTime(waiting, "wait() to resolve");
  for (const wire of [...tunnels, kept]) {
    await until(() => wire.ending !== null, "the client is closed");
    await wire[Symbol.asyncDispose]();
  }
  stream.close();
  await assertRejects(() => wireTo(http));
});

Deno.test("a proxy runs once", async () => {
  await using embedding = makeEmbedding();
  const proxy = await embedding.builder().config(ALLOWING).build();
  await using _handle = await proxy.run();
  await assertRejects(() => proxy.run(), TypeError, "build another");
  await proxy[Symbol.asyncDispose]();
  assertEquals(statusOf(await askAt(proxy.addresses!.http, getOf("allowed.test"))), 200);
});

Deno.test("a proxy that is never run gives its ports back", async () => {
  await using embedding = makeEmbedding();
  const proxy = await embedding.builder().config(ALLOWING).adminAddr("127.0.0.1:0").build();
  const { http, socks, admin } = proxy.addresses!;
  await proxy[Symbol.asyncDispose]();
  for (const address of [http, socks!, admin!]) {
    const port = Number(address.split(":")[1]);
    Deno.listen({ hostname: "127.0.0.1", port }).close();
  }
  await assertRejects(() => proxy.run(), TypeError);
});

Deno.test("a command gets the variables of the listener that it is to go by", async () => {
  await using embedding = makeEmbedding({ env: { HOME: "/home/a", SECRET: "x" } });
  await using handle = await (await embedding.builder().config(ALLOWING).build()).run();
  const { http } = handle.addresses!;
  const env = handle.env();
  assertEquals([env["HTTP_PROXY"], env["ALL_PROXY"]], [`http://${http}`, `http://${http}`]);
  assertEquals([env["DOORWARD_ACTIVE"], env["GIT_SSH_COMMAND"], env["HOME"]], [
    "1",
    undefined,
    undefined,
  ]);
  const marked = handle.env({ attemptId: "attempt-123" });
  const url = `http://codex-net-attempt-attempt-123@${http}`;
  assertEquals([marked["HTTP_PROXY"], marked["ALL_PROXY"], marked["FTP_PROXY"]], [url, url, url]);
  assertThrows(() => handle.env({ attemptId: "not one" }), TypeError, "not one");
  await using listener = handle.addListener({ label: "one" });
  assertEquals(listener.env()["HTTPS_PROXY"], `http://${listener.address}`);
});

Deno.test("what is undefined of an attribution is not said", async () => {
  await using embedding = makeEmbedding();
  const nothing = { command: undefined } as unknown as Record<never, never>;
  const proxy = await embedding.builder().config(ALLOWING).attribution(nothing).build();
  await using handle = await proxy.run();
  await using listener = handle.addListener(nothing);
  for (const address of [handle.addresses!.http, listener.address]) {
    assertEquals(statusOf(await askAt(address, getOf("allowed.test"))), 200);
  }
});

Deno.test("an attempt id of the environment stands in what is decided and recorded", async () => {
  await using embedding = makeEmbedding();
  const asked: NetworkPolicyRequest[] = [];
  await using handle = await (await embedding.builder().policyDecider((request) => {
    asked.push(request);
    return NetworkDecision.ask();
  }).build()).run();
  const user = btoa("codex-net-attempt-a-7:");
  const request = getOf("other.test").replace(
    "\r\n\r\n",
    `\r\nProxy-Authorization: Basic ${user}\r\n\r\n`,
  );
  const { http } = handle.addresses!;
  const refused = await askAt(http, request);
  assertEquals(JSON.parse(refused.body).decision, "ask");
  assertEquals(asked[0]?.attemptId, "a-7");
  assertEquals(handle.blocked()[0]?.attempt_id, "a-7");
});

/** Ports that were free a moment ago. */
function freePorts(count: number): number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  return listeners.map((listener) => {
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    return port;
  });
}

Deno.test("the exported names are these", async () => {
  const names = Object.keys(await import("../../src/mod.ts")).sort();
  assertEquals(names, [
    "AUDIT_TARGET",
    "ConfigError",
    "NetworkDecision",
    "NetworkProxy",
    "NetworkProxyBuilder",
    "POLICY_DECISION",
    "PROTOCOLS",
    "RECORDS_LOST",
    "REQUEST_CLOSE",
  ]);
  assertEquals(typeof NetworkProxy.builder, "function");
});
