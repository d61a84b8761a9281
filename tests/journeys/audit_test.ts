// What is recorded of requests over real sockets, whichever way they come in: each decision, and each end.
import { assertEquals, assertMatch } from "@std/assert";
import { type HappenedAudit, REQUEST_CLOSE } from "../../src/audit/audit_record.ts";
import type { AuditSink } from "../../src/audit/audit_sink.ts";
import { ConnectError } from "../../src/net/errors.ts";
import { closesOf, decisionsOf } from "../support/audit_records.ts";
import { turn, until } from "../support/in_time.ts";
import { authorityFor, makeInside } from "../support/inside.ts";
import { answering, ok, type Script, silent } from "../support/origin.ts";
import { pseudo } from "../support/raw_http2.ts";
import { makeScratch } from "../support/scratch.ts";
import { askSocks, domainAddress, ipAddress, openSocks, socksRequest } from "../support/socks.ts";
import { openUdp } from "../support/udp_client.ts";
import { makeUdpNetwork } from "../support/udp_network.ts";
import { startUnixServer } from "../support/unix_server.ts";
import { statusOf } from "../support/wire.ts";
import { ALLOWED, makeWorld, type World } from "../support/world.ts";

const CONNECT = `CONNECT ${ALLOWED}:443 HTTP/1.1\r\nHost: ${ALLOWED}:443\r\n\r\n`;

/** A plain request to a host. */
function get(host: string, ...fields: readonly string[]): string {
  return [`GET http://${host}/secret?token=1 HTTP/1.1`, `Host: ${host}`, ...fields, "", ""]
    .join("\r\n");
}

/** A record in a line: whose it is, what happened, to what; of an end also bytes. */
function line(record: HappenedAudit): string {
  const request = [
    record["network.transport.protocol"],
    record["http.request.method"],
    `${record["server.address"]}:${record["server.port"]}`,
  ].join(" ");
  const id = `#${record["doorward.request.id"]}`;
  if (record["event.name"] === REQUEST_CLOSE) {
    const bytes = `${record["doorward.bytes.up"]}/${record["doorward.bytes.down"]}`;
    return `${id} ${record["doorward.outcome"]}: ${record["doorward.kind"]} ${request} ${bytes}`;
  }
  return `${id} ${record["network.policy.decision"]}: ${request} ${
    record["network.policy.reason"]
  }`;
}

/** Every record so far, once there are so many ends. */
async function lines(world: World, ends: number): Promise<string[]> {
  await until(() => closesOf(world.audit).length >= ends, `there are ${ends} ends`);
  return world.audit.map(line);
}

Deno.test("a unix socket is recorded as unsupported on a system without any, in the words of the seeds", async () => {
  await using world = makeWorld({
    unixSockets: null,
    policy: { unixSockets: ["/run/a.sock"], mode: "limited" },
  });
  const socket = (method: string) =>
    `${method} http://x/ HTTP/1.1\r\nHost: x\r\nx-unix-socket: /run/a.sock\r\n\r\n`;
  assertEquals(statusOf(await world.ask(socket("GET"))), 501);
  assertEquals(statusOf(await world.ask(socket("DELETE"))), 403);
  const seen = decisionsOf(world.audit).map((record) => [
    record["network.policy.scope"],
    record["network.policy.decision"],
    record["network.policy.source"],
    record["network.policy.reason"],
    `${record["server.address"]}:${record["server.port"]}`,
  ]);
  assertEquals(seen, [
    ["non_domain", "deny", "proxy_state", "unix_socket_unsupported", "unix-socket:0"],
    ["non_domain", "deny", "mode_guard", "method_not_allowed", "unix-socket:0"],
  ]);
});

Deno.test("a plain request is recorded when it is decided and when it is over", async () => {
  const body =
    "POST http://allowed.test/ HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 4\r\n\r\nbody";
  await using world = makeWorld();
  await using client = await world.client();
  await client.send(get(ALLOWED));
  await client.readMessage();
  // On the connection that was kept for it, and over the client's own that is the same.
  await client.send(body);
  await client.readMessage();
  assertEquals(await lines(world, 2), [
    "#1 allow: http GET allowed.test:80 allow",
    "#1 done: request http GET allowed.test:80 0/5",
    "#2 allow: http POST allowed.test:80 allow",
    "#2 done: request http POST allowed.test:80 4/5",
  ]);
  assertEquals(world.dialled.length, 1);
});

Deno.test("a body is counted without its framing, however it is framed", async () => {
  const table: readonly (readonly [string, string, string, string])[] = [
    [
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n",
      "Transfer-Encoding: chunked",
      "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
      "3/3",
    ],
    ["HTTP/1.0 200 OK\r\n\r\nto the end", "Content-Length: 1", "x", "1/10"],
    ["HTTP/1.1 204 No Content\r\n\r\n", "Content-Length: 0", "", "0/0"],
  ];
  for (const [answer, field, body, bytes] of table) {
    const script: Script = async (wire) => {
      await wire.readHead();
      if (body !== "") await wire.readUntil(body.at(-1)!);
      await wire.send(answer);
      wire.close();
    };
    await using world = makeWorld({ origin: script });
    await world.exchange(
      `POST http://${ALLOWED}/ HTTP/1.1\r\nHost: ${ALLOWED}\r\nConnection: close\r\n${field}\r\n\r\n${body}`,
    );
    const [, end] = await lines(world, 1);
    assertEquals(end, `#1 done: request http POST allowed.test:80 ${bytes}`);
  }
});

Deno.test("a server that breaks off amid its answer, or gives none, has failed", async () => {
  const table = [
    ["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour", "0/4"],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfour\r\n", "0/4"],
    ["", "0/0"],
    ["what is this?\r\n\r\n", "0/0"],
  ];
  for (const [answer, bytes] of table) {
    const script: Script = async (wire) => {
      await wire.readHead();
      await wire.send(answer!);
      wire.close();
    };
    await using world = makeWorld({ origin: script });
    await world.exchange(get(ALLOWED, "Connection: close"));
    const [, end] = await lines(world, 1);
    assertEquals(end, `#1 failed: request http GET allowed.test:80 ${bytes}`);
  }
});

Deno.test("a tunnel is recorded with what it carried each way", async () => {
  const script: Script = async (wire) => {
    await wire.readExactly(4);
    await wire.send("answer");
    await wire.closeWrite();
  };
  await using world = makeWorld({ origin: script });
  for (const door of ["CONNECT", "SOCKS5"]) {
    await using client = door === "CONNECT"
      ? await world.client()
      : await openSocks(world, domainAddress(ALLOWED, 443));
    if (door === "CONNECT") {
      await client.send(CONNECT);
      await client.readHead();
    }
    await client.send("four");
    await client.closeWrite();
    assertEquals(await client.readAll(), "answer");
  }
  assertEquals(await lines(world, 2), [
    "#1 allow: https_connect CONNECT allowed.test:443 allow",
    "#1 done: tunnel https_connect CONNECT allowed.test:443 4/6",
    "#2 allow: socks5_tcp none allowed.test:443 allow",
    "#2 done: tunnel socks5_tcp none allowed.test:443 4/6",
  ]);
});

Deno.test("how long it took is in the record of the end", async () => {
  await using world = makeWorld({ origin: silent });
  await using client = await world.client();
  await client.send(CONNECT);
  await client.readHead();
  world.clock.advance(1234);
  client.close();
  await (await world.origin.connection()).closeWrite();
  await lines(world, 1);
  const [end] = closesOf(world.audit);
  assertEquals(end!["doorward.duration_ms"], 1234);
  assertMatch(end!["event.timestamp"], /^.{24}$/);
});

Deno.test("a WebSocket is recorded as the tunnel that it becomes", async () => {
  const script: Script = async (wire) => {
    await wire.readHead();
    await wire.send("HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello");
    await wire.readExactly(2);
    await wire.closeWrite();
  };
  await using world = makeWorld({ origin: script });
  await using client = await world.client();
  await client.send(get(ALLOWED, "Upgrade: websocket", "Connection: Upgrade"));
  await client.readUntil("hello");
  await client.send("up");
  await client.closeWrite();
  await client.readEnd();
  assertEquals(await lines(world, 1), [
    "#1 allow: http GET allowed.test:80 allow",
    "#1 done: tunnel http GET allowed.test:80 2/5",
  ]);
});

/** How something is ended before its end: by the client, or by a policy that allows it no more. */
const ENDERS: Readonly<Record<string, (world: World, client: { close(): void }) => unknown>> = {
  "a client that leaves": (_, client) => client.close(),
  "a policy that allows it no more": (world) => world.setPolicy({}),
};

for (const [who, end] of Object.entries(ENDERS)) {
  Deno.test(`what is ended by ${who} was closed`, async () => {
    let entrance = "";
    const script: Script = async (wire) => {
      if (entrance === "HTTP") {
        await wire.readHead();
        await wire.send("HTTP/1.1 200 OK\r\n\r\nfour");
      }
      // More than anybody reads who has left: that is how the end of one is noticed.
      while (true) await wire.send("more").then(turn);
    };
    for (entrance of ["CONNECT", "SOCKS5", "HTTP"]) {
      await using world = makeWorld({ origin: script });
      await using client = entrance === "SOCKS5"
        ? await openSocks(world, domainAddress(ALLOWED, 443))
        : await world.client();
      if (entrance === "CONNECT") {
        await client.send(CONNECT);
        await client.readHead();
      } else if (entrance === "HTTP") {
        await client.send(get(ALLOWED));
        await client.readUntil("four");
      }
      await end(world, client);
      await lines(world, 1);
      const [record] = closesOf(world.audit);
      assertEquals(record!["doorward.outcome"], "closed", entrance);
      assertEquals(decisionsOf(world.audit).length, 1);
    }
  });
}

Deno.test("what cannot be connected to has failed, and a name that is not found, too", async () => {
  await using world = makeWorld({
    policy: { allow: [ALLOWED, "nowhere.test"] },
    dial: () => Promise.reject(new ConnectError("connection_refused", "Cannot connect")),
  });
  await world.ask(get(ALLOWED));
  await world.ask(CONNECT);
  await using socks = await world.client();
  assertEquals(await askSocks(socks, socksRequest(domainAddress(ALLOWED, 443))), 5);
  assertEquals(statusOf(await world.ask(get("nowhere.test"))), 502);
  assertEquals(await lines(world, 4), [
    "#1 allow: http GET allowed.test:80 allow",
    "#1 failed: request http GET allowed.test:80 0/0",
    "#2 allow: https_connect CONNECT allowed.test:443 allow",
    "#2 failed: tunnel https_connect CONNECT allowed.test:443 0/0",
    "#3 allow: socks5_tcp none allowed.test:443 allow",
    "#3 failed: tunnel socks5_tcp none allowed.test:443 0/0",
    "#4 allow: http GET nowhere.test:80 allow",
    "#4 failed: request http GET nowhere.test:80 0/0",
  ]);
  assertEquals(world.proxy.tally.totals, { requests: 4, blocked: 0 });
});

Deno.test("what is blocked has a decision and no end", async () => {
  await using world = makeWorld({ policy: { allow: [ALLOWED], deny: ["denied.test"] } });
  await world.ask(get("denied.test"));
  await world.ask("CONNECT other.test:443 HTTP/1.1\r\nHost: other.test:443\r\n\r\n");
  await using socks = await world.client();
  await askSocks(socks, socksRequest(ipAddress("127.0.0.1", 80)));
  assertEquals(await lines(world, 0), [
    "#1 deny: http GET denied.test:80 denied",
    "#2 deny: https_connect CONNECT other.test:443 not_allowed",
    "#3 deny: socks5_tcp none 127.0.0.1:80 not_allowed_local",
  ]);
});

Deno.test("a tunnel that turns out to be another has a second decision, and an end", async () => {
  await using world = makeWorld({ policy: { allow: [ALLOWED], sniBinding: true }, origin: silent });
  await using client = await world.client();
  await client.send(CONNECT);
  await client.readHead();
  await client.send("SSH-2.0-x\r\n");
  await client.readEnd();
  assertEquals(await lines(world, 1), [
    "#1 allow: https_connect CONNECT allowed.test:443 allow",
    "#1 deny: https_connect CONNECT allowed.test:443 not_tls",
    "#1 closed: tunnel https_connect CONNECT allowed.test:443 0/0",
  ]);
});

Deno.test("datagrams are recorded by destination, when the association is over", async () => {
  await using network = makeUdpNetwork();
  const policy = { allow: [ALLOWED, "8.8.8.8"] };
  await using world = makeWorld({ policy, bindUdp: network.bind });
  await using client = await openUdp(world);
  for (
    const [address, data] of [[domainAddress(ALLOWED, 53), "one"], [
      ipAddress("8.8.8.8", 53),
      "four",
    ], [domainAddress(ALLOWED, 53), "three"]] as const
  ) {
    await client.send(address, data);
    await client.receive();
  }
  await client.send(ipAddress("9.9.9.9", 53), "no");
  await until(() => world.blocked.length === 1, "one is blocked");
  client.control.close();
  assertEquals((await lines(world, 2)).toSorted(), [
    "#1 allow: socks5_udp none allowed.test:53 allow",
    "#1 done: datagrams socks5_udp none allowed.test:53 8/8",
    "#2 allow: socks5_udp none 8.8.8.8:53 allow",
    "#2 done: datagrams socks5_udp none 8.8.8.8:53 4/4",
    "#3 deny: socks5_udp none 9.9.9.9:53 not_allowed",
  ]);
});

Deno.test({
  name: "a request to a unix socket is recorded without its path",
  ignore: Deno.build.os === "windows",
  async fn(): Promise<void> {
    await using scratch = await makeScratch();
    const path = `${await Deno.realPath(scratch.folder)}/a.sock`;
    await using _server = startUnixServer(path, answering(ok("hello")));
    await using world = makeWorld({ policy: { unixSockets: [path] } });
    const ask = (to: string) => world.ask(get("docker", `x-unix-socket: ${to}`));
    assertEquals(statusOf(await ask(path)), 200);
    assertEquals(statusOf(await ask("/run/other.sock")), 403);
    assertEquals(await lines(world, 1), [
      "#1 allow: http GET unix-socket:0 allow",
      "#1 done: request http GET unix-socket:0 0/5",
      "#2 deny: http GET unix-socket:0 not_allowed",
    ]);
    assertEquals(JSON.stringify(world.audit).includes(".sock"), false);
  },
});

Deno.test("requests inside a tunnel are recorded by themselves, over HTTP/1.1 and HTTP/2", async () => {
  const authority = await authorityFor("DNS:allowed.test");
  for (const entrance of ["connect", "socks"] as const) {
    await using inside = await makeInside(authority, { origin: { http2: true } });
    const protocol = entrance === "connect" ? "https_connect" : "socks5_tcp";
    await using one = await inside.secure({ entrance });
    await one.send(`GET /secret HTTP/1.1\r\nHost: ${ALLOWED}\r\n\r\n`);
    await one.readMessage();
    const two = await inside.http2({ entrance });
    const id = await two.send(pseudo());
    const { body } = await two.answerOf(id);
    const [, first, , second] = await lines(inside.world, 2);
    const [down] = closesOf(inside.world.audit).map((record) => record["doorward.bytes.down"]);
    assertEquals([first, second], [
      `#2 done: request ${protocol} GET allowed.test:443 0/${down}`,
      `#4 done: request ${protocol} GET allowed.test:443 0/${body.length}`,
    ]);
  }
});

Deno.test("records are numbered in the order of what happened, over every entrance at once", async () => {
  await using network = makeUdpNetwork();
  const policy = { allow: [ALLOWED, "8.8.8.8"] };
  const origin: Script = async (wire) => {
    await wire.readHead();
    await wire.send(ok());
    await wire.readAll();
    await wire.closeWrite();
  };
  await using world = makeWorld({ policy, bindUdp: network.bind, origin });
  const visit = async () => {
    await world.ask(get(ALLOWED));
    await world.ask(get("other.test"));
    await using tunnel = await world.client();
    await tunnel.send(CONNECT);
    await tunnel.readHead();
    await tunnel.send(get(ALLOWED));
    await tunnel.readMessage();
    await using socks = await openSocks(world, domainAddress(ALLOWED, 80));
    await socks.send(get(ALLOWED));
    await socks.readMessage();
    await using udp = await openUdp(world);
    await udp.send(ipAddress("8.8.8.8", 53), "x");
    await udp.receive();
  };
  await Promise.all(Array.from({ length: 8 }, visit));
  await lines(world, 32);
  const events = world.audit.map((record) => record["doorward.seq"]);
  assertEquals(events, events.map((_, index) => index + 1));
  assertEquals([decisionsOf(world.audit).length, closesOf(world.audit).length], [40, 32]);
  assertEquals(world.proxy.tally.totals, { requests: 40, blocked: 8 });
  const ids = decisionsOf(world.audit).map((record) => record["doorward.request.id"]);
  assertEquals(new Set(ids).size, 40);
  assertEquals(world.proxy.audit.total, 72);
  assertEquals(JSON.stringify(world.audit).includes("secret"), false);
});

Deno.test("a sink that fails keeps nothing from the others, nor from any client", async () => {
  const broken: AuditSink = {
    name: "broken",
    lost: 0,
    write: () => {
      throw new Error("disk full");
    },
    close: () => Promise.resolve(),
  };
  await using world = makeWorld({ sinks: [broken], metadata: { "conversation.id": "c-1" } });
  assertEquals((await world.ask(get(ALLOWED))).body, "hello");
  assertEquals(statusOf(await world.ask(get("other.test"))), 403);
  await lines(world, 1);
  assertEquals(world.audit.map((record) => record["conversation.id"]), ["c-1", "c-1", "c-1"]);
  assertEquals(world.proxy.audit.sinks, [
    { name: "memory", lost: 0 },
    { name: "broken", lost: 3 },
  ]);
});
