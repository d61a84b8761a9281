import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ConnectError, type ConnectFault } from "../../src/net/errors.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { never } from "../support/door.ts";
import { turn, until } from "../support/in_time.ts";
import { type Script, silent } from "../support/origin.ts";
import { fieldOf, statusOf, type Wire } from "../support/wire.ts";
import { ALLOWED_IP, makeWorld, type World } from "../support/world.ts";

const CONNECT = "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n";
const ESTABLISHED = "HTTP/1.1 200 Connection established\r\n\r\n";

/** Opens a tunnel, and returns both its ends. */
async function open(world: World): Promise<{ client: Wire; origin: Wire }> {
  const client = await world.client();
  await client.send(CONNECT);
  assertEquals(await client.readHead(), ESTABLISHED);
  return { client, origin: await world.origin.connection() };
}

Deno.test("a client gets a tunnel to host and port, and bytes go both ways untouched", async () => {
  await using world = makeWorld({ origin: silent });
  const { client, origin } = await open(world);
  const every = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code));
  await client.send(every);
  assertEquals(await origin.readExactly(256), every);
  await origin.send(every);
  assertEquals(await client.readExactly(256), every);
  assertEquals(world.dialled, [`${ALLOWED_IP}:443`]);
  assertEquals([world.lookups, world.blocked], [["allowed.test"], []]);
});

// Upstream answers 200 before it dials; then a client cannot tell a refusal from a bad server.
Deno.test("a tunnel is announced only once the upstream connection stands", async () => {
  const dialled = Promise.withResolvers<void>();
  await using world = makeWorld({
    origin: silent,
    dial: (_, signal) => {
      dialled.resolve();
      return never(signal);
    },
  });
  await using client = await world.client();
  await client.send(CONNECT);
  await dialled.promise;
  for (let turns = 0; turns < 10; turns++) await turn();
  assertEquals(client.received, "");
});

Deno.test("a tunnel that cannot be is refused with what is wrong", async () => {
  const table: Record<ConnectFault, string> = {
    connection_refused: "502 Doorward: it refused the connection",
    connection_timeout: "504 Doorward: no connection was made in time",
    host_unreachable: "502 Doorward: its address cannot be reached",
    network_unreachable: "502 Doorward: its network cannot be reached",
    connection_failed: "502 Doorward: the connection failed",
    tls_failed: "502 Doorward: TLS with it failed",
    certificate_expired: "502 Doorward: its certificate has expired",
    certificate_untrusted: "502 Doorward: its certificate is not trusted",
    certificate_mismatch: "502 Doorward: its certificate is for another host",
    dns_failure: "502 Doorward: its name cannot be resolved",
    dns_timeout: "504 Doorward: its name was not resolved in time",
    too_many_lookups: "503 Doorward: too many names are being looked up",
    upstream_proxy_authentication: "502 Doorward: the upstream proxy wants other credentials",
    upstream_proxy_refused: "502 Doorward: the upstream proxy did not connect to it",
    upstream_proxy_failed: "502 Doorward: the upstream proxy cannot be used",
  };
  for (const [code, line] of Object.entries(table)) {
    await using world = makeWorld({
      dial: () => Promise.reject(new ConnectError(code as ConnectFault, "Cannot connect")),
    });
    const answer = await world.ask(CONNECT);
    assertEquals(answer.start, `HTTP/1.1 ${line}`);
    assertStringIncludes(fieldOf(answer, "Proxy-Status")!, `details="${code}"`);
    assertEquals(fieldOf(answer, "x-proxy-error"), undefined);
    assertEquals(world.blocked, []);
  }
});

Deno.test("a tunnel to a port where nobody listens is refused", async () => {
  const nobody = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = nobody.addr;
  nobody.close();
  await using world = makeWorld({
    policy: { allow: ["127.0.0.1"] },
    dial: tcpDialer,
  });
  const answer = await world.ask(
    `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
  );
  assertEquals(answer.start, "HTTP/1.1 502 Doorward: it refused the connection");
});

// FIN from client, then data from the server.
Deno.test("the end of the client goes through while the server still speaks", async () => {
  await using world = makeWorld({ origin: silent });
  const { client, origin } = await open(world);
  await client.send("question");
  await client.closeWrite();
  assertEquals(await origin.readAll(), "question");
  await origin.send("a long answer");
  await origin.closeWrite();
  assertEquals(await client.readAll(), "a long answer");
  await until(() => world.proxy.connections === 0 && world.upstreams === 0, "both sides are free");
});

Deno.test("the end of the server goes through while the client still speaks", async () => {
  await using world = makeWorld({ origin: silent });
  const { client, origin } = await open(world);
  await origin.send("banner");
  await origin.closeWrite();
  assertEquals(await client.readAll(), "banner");
  await client.send("still here");
  await client.closeWrite();
  assertEquals(await origin.readAll(), "still here");
  await until(() => world.proxy.connections === 0 && world.upstreams === 0, "both sides are free");
});

Deno.test("either side that vanishes takes the other with it", async () => {
  await using world = makeWorld({ origin: silent });
  const first = await open(world);
  first.client.close();
  await first.origin.readEnd();
  first.origin.close();
  await until(() => world.proxy.connections === 0, "the tunnel is closed");
  const second = await world.client();
  await second.send(CONNECT);
  await second.readHead();
  (await world.origin.connection(1)).close();
  await second.readEnd();
  second.close();
  await until(() => world.upstreams === 0, "the tunnel is closed");
});

Deno.test("bytes that come with the CONNECT belong to the tunnel", async () => {
  await using world = makeWorld({ origin: silent });
  await using client = await world.client();
  await client.send(`${CONNECT}\x16\x03\x01early`);
  const origin = await world.origin.connection();
  assertEquals(await origin.readExactly(8), "\x16\x03\x01early");
  await client.readHead();
  await client.send("later");
  assertEquals(await origin.readExactly(5), "later");
});

// Upstream: brokered_connect_forwards_server_first_opaque_protocol_without_mitm.
Deno.test("a server that speaks first is heard", async () => {
  const banner: Script = (wire) => wire.send("SSH-2.0-OpenSSH_9.6\r\n");
  await using world = makeWorld({ origin: banner });
  const { client } = await open(world);
  assertEquals(await client.readUntil("\r\n"), "SSH-2.0-OpenSSH_9.6\r\n");
});

// Python's http.client, nc and rsync.
Deno.test("CONNECT in HTTP/1.0 needs no Host", async () => {
  await using world = makeWorld({ origin: silent });
  await using client = await world.client();
  await client.send("CONNECT allowed.test:443 HTTP/1.0\r\n\r\n");
  assertEquals(await client.readHead(), ESTABLISHED);
});

Deno.test("CONNECT takes IPv6 in brackets, names in any case and a trailing dot", async () => {
  await using world = makeWorld({
    origin: silent,
    policy: { allow: ["allowed.test", "2606:2800::1"] },
  });
  for (const target of ["[2606:2800::1]:443", "ALLOWED.test.:443", "allowed.test:8443"]) {
    await using client = await world.client();
    await client.send(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    assertEquals(await client.readHead(), ESTABLISHED, target);
  }
  assertEquals(world.dialled, ["[2606:2800::1]:443", `${ALLOWED_IP}:443`, `${ALLOWED_IP}:8443`]);
});

Deno.test("CONNECT on a connection that was used for plain requests before", async () => {
  const first: Script = async (wire, index) => {
    if (index > 0) return;
    await wire.readHead();
    await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  };
  await using world = makeWorld({ origin: first });
  await using client = await world.client();
  await client.send("GET http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
  assertEquals(statusOf(await client.readMessage()), 200);
  await client.send(CONNECT);
  assertEquals(await client.readHead(), ESTABLISHED);
  const tunnel = await world.origin.connection(1);
  await client.send("GET");
  assertEquals(await tunnel.readExactly(3), "GET");
});

Deno.test("nothing of the CONNECT reaches the origin", async () => {
  await using world = makeWorld({ origin: silent });
  await using client = await world.client();
  await client.send(
    "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n" +
      "Proxy-Authorization: Basic c2VjcmV0\r\nUser-Agent: x\r\n\r\n",
  );
  await client.readHead();
  const origin = await world.origin.connection();
  await client.send("x");
  await origin.readExactly(1);
  assertEquals(origin.received, "x");
});

Deno.test("a tunnel in which nobody speaks is closed, and one in which somebody does is not", async () => {
  await using world = makeWorld({ origin: silent, limits: { tunnelIdleMs: 10_000 } });
  const { client, origin } = await open(world);
  for (let round = 0; round < 3; round++) {
    await world.pass(8_000);
    await client.send("up");
    await origin.readExactly(2);
    await world.pass(8_000);
    await origin.send("down");
    await client.readExactly(4);
  }
  const ended = Promise.all([client.readEnd(), origin.readEnd()]);
  await world.pass(12_000, ended);
  await ended;
});

Deno.test("every refused CONNECT ends the connection", async () => {
  await using world = makeWorld();
  const requests = [
    CONNECT.replaceAll("allowed", "denied"),
    "CONNECT / HTTP/1.1\r\nHost: allowed.test\r\n\r\n",
    "CONNECT allowed.test:443 HTTP/1.1\r\n\r\n",
    "CONNECT allowed.test:443 HTTP/1.1\r\nHost: other.test:443\r\n\r\n",
  ];
  for (const request of requests) {
    const text = await world.exchange(request + CONNECT);
    assertMatch(text, /^HTTP\/1\.1 4\d\d [^]*\r\nConnection: close\r\n/);
    assertEquals(text.includes("established"), false);
  }
  assertEquals(world.dialled, []);
});
