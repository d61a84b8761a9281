// Behind an upstream proxy: no policy is weaker for it, no credential goes astray, no answer of it hurts.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ConnectError } from "../../src/net/errors.ts";
import { parseNoProxy } from "../../src/config/no_proxy.ts";
import type { SocketAddress } from "../../src/net/address/endpoint.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { trusting } from "../../src/net/tls_client.ts";
import { type Authority, makeAuthority } from "../support/authority.ts";
import { never } from "../support/door.ts";
import { until } from "../support/in_time.ts";
import { ok, type Script, silent } from "../support/origin.ts";
import { makeScratch } from "../support/scratch.ts";
import { askSocks, domainAddress, openSocks, socksRequest } from "../support/socks.ts";
import {
  echoing,
  makeUpstreamWorld,
  PROXY_IP,
  saying,
  upstreamProxy,
  type UpstreamWorld,
} from "../support/upstream.ts";
import type { UpstreamProxy } from "../../src/proxy/upstream/upstream_proxy.ts";
import { ip } from "../support/policy.ts";
import { fieldOf, statusOf } from "../support/wire.ts";
import { ALLOWED, makeWorld, type World } from "../support/world.ts";

const CONNECT = "CONNECT allowed.test:443 HTTP/1.1\r\nHost: allowed.test:443\r\n\r\n";
const GET = "GET http://allowed.test/path HTTP/1.1\r\nHost: allowed.test\r\n\r\n";
const OPENED = "HTTP/1.1 200 OK\r\n\r\n";
const URL_WITH_USER = "http://me:s3cret@proxy.test:3128";
/** What stands for the password on the wire. */
const BASIC = `Basic ${btoa("me:s3cret")}`;

/** The status of the answer to a CONNECT; the connection is left at once. */
async function connectStatus(world: World, request: string): Promise<number> {
  await using client = await world.client();
  await client.send(request);
  return Number((await client.readHead()).split(" ")[1]);
}

/** Says something, and then this for as long as anybody listens. */
function endlessly(first: string, text: string): Script {
  return async (wire) => {
    await wire.readHead();
    await wire.send(first);
    try {
      while (wire.ending === null) await wire.send(text);
    } catch {
      // It was left, as it should be.
    }
  };
}

/** The first lines of what the proxy was asked, one a connection. */
function asked({ proxy }: UpstreamWorld): string[] {
  return proxy.connections.map((wire) => wire.received.split("\r\n")[0]!);
}

Deno.test("upstream: a tunnel is asked for by name, and carries bytes both ways", async () => {
  await using made = makeUpstreamWorld({ script: saying(`${OPENED}server first`) });
  await using client = await made.world.client();
  await client.send(CONNECT);
  assertEquals(await client.readHead(), "HTTP/1.1 200 Connection established\r\n\r\n");
  assertEquals(await client.readExactly(12), "server first");
  await client.send("client next");
  const proxy = await made.proxy.connection();
  assertEquals(await proxy.readExactly(11), "client next");
  await client.closeWrite();
  await proxy.readAll();
  await proxy.send("last words");
  await proxy.closeWrite();
  assertEquals(await client.readAll(), "last words");
  assertEquals(asked(made), ["CONNECT allowed.test:443 HTTP/1.1"]);
  assertEquals(made.world.dialled, [`${PROXY_IP}:3128`]);
  assertEquals(made.world.origin.connections.length, 0);
});

Deno.test("upstream: a plain request goes as a whole URL, each on a connection of its own", async () => {
  await using made = makeUpstreamWorld({ script: saying(ok("one")) });
  await using client = await made.world.client();
  for (const request of [GET, GET.replace("/path", "/other?x")]) {
    await client.send(request);
    assertEquals((await client.readMessage()).body, "one");
  }
  assertEquals(asked(made), [
    "GET http://allowed.test:80/path HTTP/1.1",
    "GET http://allowed.test:80/other?x HTTP/1.1",
  ]);
  assertStringIncludes(made.proxy.received, "\r\nHost: allowed.test\r\n");
});

Deno.test("upstream: a SOCKS5 client goes through it too", async () => {
  await using made = makeUpstreamWorld({ script: echoing });
  const client = await openSocks(made.world, domainAddress(ALLOWED, 22));
  await client.send("x");
  assertEquals(await client.readExactly(1), "x");
  assertEquals(asked(made), ["CONNECT allowed.test:22 HTTP/1.1"]);
});

Deno.test("upstream: a WebSocket goes through a tunnel", async () => {
  const script: Script = async (wire) => {
    await wire.readHead();
    await wire.send(OPENED);
    await wire.readHead();
    await wire.send("HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhi");
  };
  await using made = makeUpstreamWorld({ script, url: URL_WITH_USER });
  await using client = await made.world.client();
  const upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
  await client.send(GET.replace("\r\n\r\n", `\r\n${upgrade}\r\n`));
  assertMatch(await client.readHead(), /^HTTP\/1\.1 101 /);
  assertEquals(await client.readExactly(2), "hi");
  const [connect, inside] = made.proxy.received.split("\r\n\r\n");
  assertEquals(connect!.split("\r\n")[0], "CONNECT allowed.test:80 HTTP/1.1");
  assertEquals(inside!.split("\r\n")[0], "GET /path HTTP/1.1");
  // What is inside the tunnel is for the origin.
  assertEquals(inside!.includes("Proxy-Authorization"), false);
});

/** A target, what its name resolves to, and why it is refused. */
const REFUSED: readonly (readonly [string, readonly string[], string])[] = [
  ["denied.test", ["93.184.216.34"], "denied"],
  ["other.test", ["93.184.216.34"], "not_allowed"],
  ["allowed.test", ["10.0.0.1"], "not_allowed_local"],
  ["allowed.test", ["169.254.169.254"], "not_allowed_local"],
  ["allowed.test", ["93.184.216.34", "127.0.0.1"], "not_allowed_local"],
  ["allowed.test", ["::ffff:169.254.169.254"], "not_allowed_local"],
  ["allowed.test", ["93.184.217.1"], "denied"],
  ["169.254.169.254", [], "not_allowed_local"],
  ["127.0.0.1", [], "not_allowed_local"],
  ["proxy.test", [], "not_allowed"],
];

for (const [host, answer, reason] of REFUSED) {
  Deno.test(`upstream: ${host} at ${answer.join(", ") || "itself"} is refused, and nothing is dialled`, async () => {
    await using made = makeUpstreamWorld({
      script: saying(OPENED),
      policy: { allow: ["allowed.test"], deny: ["denied.test", "93.184.217.0/24"] },
      resolve: { [host]: answer },
    });
    const { world } = made;
    for (
      const request of [
        `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`,
        `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      ]
    ) {
      const refusal = await world.ask(request);
      assertEquals(statusOf(refusal), 403);
      assertStringIncludes(refusal.body, `"reason":"${reason}"`);
    }
    await using socks = await world.client();
    assertEquals(await askSocks(socks, socksRequest(domainAddress(host, 443))), 2);
    assertEquals(world.dialled, []);
    assertEquals(made.proxy.connections.length, 0);
  });
}

Deno.test("upstream: limited mode blocks tunnels and writing as ever", async () => {
  const policy = { allow: [ALLOWED], mode: "limited" } as const;
  await using made = makeUpstreamWorld({ script: saying(ok()), policy });
  for (const request of [CONNECT, GET.replace("GET", "POST")]) {
    assertEquals(statusOf(await made.world.ask(request)), 403);
  }
  assertEquals(statusOf(await made.world.ask(GET)), 200);
  assertEquals(made.proxy.connections.length, 1);
});

Deno.test("upstream: a proxy that is switched off at run time stays off", async () => {
  await using made = makeUpstreamWorld({ script: saying(OPENED) });
  made.world.setPolicy({ allow: [ALLOWED], enabled: false });
  assertEquals(statusOf(await made.world.ask(CONNECT)), 503);
  assertEquals(made.world.dialled, []);
});

Deno.test("upstream: private destinations that policy lets pass are reached directly", async () => {
  await using made = makeUpstreamWorld({
    script: saying(OPENED),
    policy: { allow: ["intranet.test", "10.0.0.2", "localhost"], allowLocalBinding: true },
    resolve: { "intranet.test": ["10.0.0.1"], "localhost": ["127.0.0.1"] },
  });
  const hosts = ["intranet.test", "10.0.0.2", "localhost"];
  for (const host of hosts) {
    const answer = await made.world.ask(
      `GET http://${host}:81/ HTTP/1.1\r\nHost: ${host}:81\r\n\r\n`,
    );
    assertEquals(answer.body, "hello", host);
  }
  assertEquals(made.world.dialled, ["10.0.0.1:81", "10.0.0.2:81", "127.0.0.1:81"]);
  assertEquals(made.proxy.connections.length, 0);
  assertEquals(made.world.origin.received.includes("GET http:"), false);
});

Deno.test("upstream: what NO_PROXY names is reached directly, at the addresses that were judged", async () => {
  const { entries } = parseNoProxy("allowed.test:80, 93.184.217.0/24");
  await using made = makeUpstreamWorld({
    script: saying(OPENED),
    bypass: entries,
    policy: { allow: [ALLOWED, "block.test"] },
    resolve: { "block.test": ["93.184.217.5"] },
  });
  assertEquals((await made.world.ask(GET)).body, "hello");
  assertEquals((await made.world.ask(GET.replaceAll(ALLOWED, "block.test"))).body, "hello");
  assertEquals(made.world.dialled, ["93.184.216.34:80", "93.184.217.5:80"]);
  assertEquals(await connectStatus(made.world, CONNECT), 200);
  assertEquals(made.world.dialled.at(-1), `${PROXY_IP}:3128`);
});

Deno.test("upstream: a name that nobody here knows is the proxy's to resolve", async () => {
  await using made = makeUpstreamWorld({
    script: saying(OPENED),
    policy: { allow: ["outside.test"] },
  });
  assertEquals(await connectStatus(made.world, CONNECT.replaceAll(ALLOWED, "outside.test")), 200);
  assertEquals(asked(made), ["CONNECT outside.test:443 HTTP/1.1"]);
  assertEquals(made.world.lookups, ["outside.test", "proxy.test"]);
});

Deno.test("upstream: a look-up that hangs is given a second", async () => {
  await using made = makeUpstreamWorld({
    script: saying(OPENED),
    resolve: { [ALLOWED]: (_, signal) => never(signal) },
  });
  const answer = connectStatus(made.world, CONNECT);
  await until(() => made.world.lookups.length === 1, "the name is looked up");
  await made.world.pass(1500, answer);
  assertEquals(await answer, 200);
});

/** What a proxy answers to CONNECT, and what the client is told: status, reason, words. */
const ANSWERS: readonly (readonly [string, Script, string, string])[] = [
  [
    "407",
    saying(
      "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=corp\r\nContent-Length: 6\r\n\r\nsecret",
    ),
    "upstream_proxy_authentication",
    "it asks for a user name and a password, and its URL has none",
  ],
  ["403", saying("HTTP/1.1 403 No\r\n\r\n<html>"), "upstream_proxy_refused", "it answered 403"],
  [
    "302",
    saying("HTTP/1.1 302 x\r\nLocation: http://evil.test/\r\n\r\n"),
    "upstream_proxy_refused",
    "it answered 302",
  ],
  ["503", saying("HTTP/1.1 503 x\r\n\r\n"), "upstream_proxy_refused", "it answered 503"],
  [
    "garbage",
    saying("\x00\xff\x00 not a proxy"),
    "upstream_proxy_failed",
    "its answer is not valid HTTP, or ended early",
  ],
  [
    "a head without end",
    endlessly("HTTP/1.1 200 OK\r\n", `X: ${"x".repeat(1000)}\r\n`),
    "upstream_proxy_failed",
    "its answer is not valid HTTP, or ended early",
  ],
  [
    "interim answers without end",
    endlessly("", "HTTP/1.1 100 Continue\r\n\r\n"),
    "upstream_proxy_failed",
    "its answer is not valid HTTP, or ended early",
  ],
  [
    "an end amid the head",
    async (wire) => {
      await wire.readHead();
      await wire.send("HTTP/1.1 200 OK\r\nX");
      wire.close();
    },
    "upstream_proxy_failed",
    "its answer is not valid HTTP, or ended early",
  ],
];

for (const [what, script, reason, why] of ANSWERS) {
  Deno.test(`upstream: ${what} to CONNECT is told as ${reason}, and nothing of it comes through`, async () => {
    await using made = makeUpstreamWorld({ script, troubled: true });
    const answer = await made.world.ask(CONNECT);
    assertMatch(answer.start, /^HTTP\/1\.1 502 Doorward: the upstream proxy /);
    assertStringIncludes(fieldOf(answer, "Proxy-Status")!, `details="${reason}"`);
    assertStringIncludes(answer.body, `(upstream proxy of HTTPS_PROXY: ${why})`);
    for (const theirs of ["Proxy-Authenticate", "Location", "evil.test", "<html>", "secret"]) {
      assertEquals(answer.raw.includes(theirs), false, theirs);
    }
    await using socks = await made.world.client();
    assertEquals(await askSocks(socks, socksRequest(domainAddress(ALLOWED, 443))), 1);
    // Few clients show it, so that whoever runs Doorward is told; not again for the same.
    assertEquals(made.world.diagnosed, [
      `Cannot connect: upstream proxy of HTTPS_PROXY: ${why}`,
    ]);
    assertEquals(made.world.blocked, []);
    await until(() => made.world.upstreams === 0, "the proxy was left");
  });
}

Deno.test("upstream: 407 to a plain request never asks the client for credentials", async () => {
  const answer =
    "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=corp\r\nContent-Length: 4\r\n\r\nbody";
  for (
    const [url, why] of [
      [URL_WITH_USER, "it does not accept the user name and the password of its URL"],
      ["http://proxy.test:3128", "it asks for a user name and a password, and its URL has none"],
    ] as const
  ) {
    await using made = makeUpstreamWorld({ script: saying(answer), url });
    await using client = await made.world.client();
    await client.send(GET);
    const told = await client.readMessage();
    assertEquals(statusOf(told), 502);
    const body = JSON.parse(told.body);
    assertEquals([body.reason, body.retryable], ["upstream_proxy_authentication", false]);
    assertStringIncludes(body.message, why);
    assertEquals(fieldOf(told, "Proxy-Authenticate"), undefined);
    // The client's connection is as good as before.
    await client.send(GET);
    assertEquals(statusOf(await client.readMessage()), 502);
  }
});

Deno.test("upstream: 407 of an origin that is reached directly is the origin's own", async () => {
  await using world = makeWorld({
    origin: saying("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"),
  });
  assertEquals(statusOf(await world.ask(GET)), 407);
});

Deno.test("upstream: 407 of an origin behind a SOCKS5 proxy is the origin's own", async () => {
  const script: Script = async (wire) => {
    await wire.readExactly(3);
    await wire.send("\x05\x00");
    await wire.readExactly(4 + 1 + ALLOWED.length + 2);
    await wire.send("\x05\x00\x00\x01\0\0\0\0\0\0");
    await wire.readHead();
    await wire.send("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");
  };
  await using made = makeUpstreamWorld({ script, url: "socks5://proxy.test" });
  assertEquals(statusOf(await made.world.ask(GET)), 407);
  assertStringIncludes(made.proxy.received, "\r\nHost: allowed.test\r\n");
  assertStringIncludes(made.proxy.received, "GET /path HTTP/1.1");
});

Deno.test("upstream: a proxy that never answers is given up in time", async () => {
  await using made = makeUpstreamWorld({ script: silent });
  const asking = made.world.ask(CONNECT);
  await made.proxy.connection();
  await made.world.pass(11_000, asking);
  const answer = await asking;
  assertEquals(statusOf(answer), 504);
  assertStringIncludes(
    answer.body,
    "upstream proxy of HTTPS_PROXY: no connection was made in time",
  );
  await until(() => made.world.upstreams === 0, "the proxy was left");
});

Deno.test("upstream: a proxy that drips its answer is given up in time", async () => {
  const script: Script = async (wire) => {
    for (const byte of OPENED.slice(0, 3)) await wire.send(byte);
  };
  await using made = makeUpstreamWorld({ script });
  const asking = made.world.ask(CONNECT);
  await made.proxy.connection();
  await made.world.pass(11_000, asking);
  assertEquals(statusOf(await asking), 504);
});

Deno.test("upstream: a client that leaves takes the conversation with the proxy along", async () => {
  await using made = makeUpstreamWorld({ script: silent });
  const client = await made.world.client();
  await client.send(CONNECT);
  const proxy = await made.proxy.connection();
  await proxy.readHead();
  client.close();
  await made.world.pass(11_000, proxy.readAll());
  await until(() => made.world.upstreams === 0, "the proxy was left");
});

Deno.test("upstream: a proxy that cannot be reached is told apart from the target", async () => {
  const refuse = () => Promise.reject(new ConnectError("connection_refused", "Cannot"));
  await using made = makeUpstreamWorld({
    script: silent,
    url: "http://10.1.1.1:3128",
    dial: refuse,
  });
  const answer = await made.world.ask(GET);
  assertEquals(statusOf(answer), 502);
  const { reason, message } = JSON.parse(answer.body);
  assertEquals([reason, message], [
    "upstream_proxy_failed",
    "Doorward could not reach allowed.test: the upstream proxy cannot be used " +
    "(upstream proxy of HTTPS_PROXY: it refused the connection).",
  ]);
});

// The variable names us by a name, which only a look-up shows.
Deno.test("upstream: a proxy whose name leads to ourselves is never dialled", async () => {
  for (const scheme of ["http", "socks5"]) {
    let through: UpstreamProxy | null = null;
    await using world = makeWorld({
      upstream: () => through,
      resolve: { "self.test": ["10.0.0.1", "127.0.0.1"] },
      troubled: true,
    });
    through = upstreamProxy(`${scheme}://self.test:${world.proxy.address.port}`);
    for (const request of [GET, CONNECT]) {
      const answer = await world.ask(request);
      assertEquals(statusOf(answer), 502);
      assertStringIncludes(answer.body, "it is Doorward itself");
    }
    assertEquals(world.diagnosed, [
      "Cannot connect: upstream proxy of HTTPS_PROXY: it is Doorward itself",
    ]);
    assertEquals(world.dialled, []);
  }
});

Deno.test("upstream: credentials go to the proxy, and nowhere else", async () => {
  const script: Script = async (wire) => {
    const head = await wire.readHead();
    await wire.send(head.startsWith("CONNECT") ? OPENED : ok("body"));
  };
  await using made = makeUpstreamWorld({
    script,
    url: URL_WITH_USER,
    bypass: parseNoProxy("direct.test").entries,
    policy: { allow: [ALLOWED, "direct.test"], deny: ["denied.test"] },
    resolve: { "direct.test": ["93.184.216.35"] },
  });
  const { world, proxy } = made;
  const theirs = `Proxy-Authorization: Basic ${btoa("client:theirs")}\r\n`;
  const seen: string[] = [];
  for (const host of [ALLOWED, "direct.test", "denied.test"]) {
    for (const request of [GET, CONNECT]) {
      const text = request.replaceAll(ALLOWED, host).replace("\r\n\r\n", `\r\n${theirs}\r\n`);
      const client = await world.client();
      await client.send(text);
      await client.readHead();
      if (request === CONNECT) await client.send("inside");
      await client.closeWrite();
      client.close();
      seen.push(client.received);
    }
  }
  await until(() => proxy.connections.length === 2, "both have arrived");
  const count = (text: string, part: string) => text.split(part).length - 1;
  assertEquals(count(proxy.received, `Proxy-Authorization: ${BASIC}`), 2);
  assertEquals(count(proxy.received, "theirs"), 0);
  assertEquals(count(proxy.received, btoa("client:theirs")), 0);
  const elsewhere = [
    ...seen,
    world.origin.received,
    JSON.stringify(world.blocked),
    ...world.unsaid,
    ...world.diagnosed,
  ].join("\n");
  for (const secret of ["s3cret", btoa("me:s3cret"), "theirs", btoa("client:theirs")]) {
    assertEquals(elsewhere.includes(secret), false, secret);
  }
});

Deno.test("upstream: credentials are in no failure that a client is told", async () => {
  for (
    const answer of [
      "HTTP/1.1 407 x\r\n\r\n",
      "HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n",
      "junk\r\n",
    ]
  ) {
    for (const request of [GET, CONNECT]) {
      await using made = makeUpstreamWorld({ script: saying(answer), url: URL_WITH_USER });
      const raw = (await made.world.ask(request)).raw;
      assertEquals(raw.includes("s3cret") || raw.includes(btoa("me:s3cret")), false);
    }
  }
});

Deno.test("upstream: an https proxy must have a certificate for its name", async () => {
  await using scratch = await makeScratch();
  const authority = await makeAuthority(["DNS:other.test"], scratch);
  await using proxy = startTlsProxy(authority);
  const startTls = trusting([authority.ca]);
  for (const [name, status] of [["other.test", 200], ["proxy.test", 502]] as const) {
    await using made = makeUpstreamWorld({
      script: silent,
      url: `https://me:s3cret@${name}:3129`,
      startTls,
      resolve: { [name]: ["10.3.3.3"] },
      dial: (_, signal) => tcpDialer(proxy.address, signal),
    });
    await using client = await made.world.client();
    await client.send(CONNECT);
    assertEquals(Number((await client.readHead()).split(" ")[1]), status);
    client.close();
  }
  assertEquals(proxy.asked, [`CONNECT allowed.test:443 HTTP/1.1 ${BASIC}`]);
});

/** A proxy that speaks TLS and opens every tunnel; `asked` holds request lines and credentials. */
interface TlsProxy extends AsyncDisposable {
  readonly address: SocketAddress;
  readonly asked: readonly string[];
}

function startTlsProxy({ cert, key }: Authority): TlsProxy {
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  const asked: string[] = [];
  const serve = async (conn: Deno.TlsConn) => {
    using _ = conn;
    const buffer = new Uint8Array(4096);
    const head = new TextDecoder().decode(buffer.subarray(0, await conn.read(buffer) ?? 0));
    const credentials = /^Proxy-Authorization: (.*)$/m.exec(head)?.[1]?.trim();
    asked.push(`${head.split("\r\n")[0]} ${credentials}`);
    await conn.write(new TextEncoder().encode(OPENED));
    await conn.read(buffer);
  };
  const serving = (async () => {
    for await (const conn of listener) {
      await serve(conn).catch(() => {
        // It was left, as a proxy with the wrong certificate is.
      });
    }
  })();
  return {
    address: { ip: ip("127.0.0.1"), port: (listener.addr as Deno.NetAddr).port },
    asked,
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      await serving;
    },
  };
}

// RFC 9110 section 9.3.8: a proxy answers TRACE with what it was sent.
for (const method of ["TRACE", "trace", "Trace"]) {
  Deno.test(`upstream: ${method}, whose answer is what was sent, gets no credentials`, async () => {
    const script: Script = async (wire) => {
      const head = await wire.readHead();
      await wire.send(ok(head, "Content-Type: message/http"));
    };
    await using made = makeUpstreamWorld({ script, url: URL_WITH_USER });
    const trace = GET.replace("GET ", `${method} `)
      .replace("\r\n\r\n", "\r\nMax-Forwards: 1\r\n\r\n");
    const answer = await made.world.ask(trace);
    assertStringIncludes(answer.body, `${method} http://allowed.test`);
    assertEquals(answer.body.includes("Proxy-Authorization"), false);
    assertEquals(made.proxy.received.includes("Proxy-Authorization"), false);
  });
}

// Two that are each other's upstream would open connections until none is left.
Deno.test("upstream: a CONNECT that has passed here before is 508, and a tunnel says that it has", async () => {
  await using made = makeUpstreamWorld({ script: echoing });
  const { world, proxy } = made;
  const others = CONNECT.replace("\r\n\r\n", "\r\nVia: 1.0 other\r\n\r\n");
  await using first = await world.client();
  await first.send(others);
  assertStringIncludes(await first.readHead(), "HTTP/1.1 200 ");
  const said = /Via: 1\.0 other\r\nVia: (1\.1 doorward-[0-9a-f]+)\r\n/.exec(proxy.received);
  assert(said !== null, proxy.received);
  const again = CONNECT.replace("\r\n\r\n", `\r\nVia: 1.0 other, ${said[1]}\r\n\r\n`);
  assertEquals(statusOf(await world.ask(again)), 508);
  assertEquals(proxy.connections.length, 1);
  await using socks = await world.client();
  assertEquals(await askSocks(socks, socksRequest(domainAddress(ALLOWED, 443))), 0);
  assertEquals(proxy.received.split(said[1]!).length - 1, 2);
});

// What a client says inside a tunnel to the upstream proxy is for no rule of ours to see.
for (
  const target of [
    "proxy.test:3128",
    "alias.test:3128",
    `${PROXY_IP}:3128`,
    "[::ffff:10.9.8.7]:3128",
  ]
) {
  Deno.test(`upstream: ${target}, the proxy itself, is no destination`, async () => {
    await using made = makeUpstreamWorld({
      script: echoing,
      policy: { allow: ["proxy.test", "alias.test", PROXY_IP], allowLocalBinding: true },
      resolve: { "alias.test": [PROXY_IP] },
    });
    const { world, proxy } = made;
    const requests = [
      CONNECT.replaceAll("allowed.test:443", target),
      GET.replaceAll("allowed.test", target),
    ];
    for (const request of requests) {
      const answer = await world.ask(request);
      assertEquals([statusOf(answer), /"reason":"([a-z_]+)"/.exec(answer.body)?.[1]], [
        403,
        "upstream_proxy",
      ]);
    }
    assertEquals([world.dialled, proxy.connections.length], [[], 0]);
  });
}

// A resolver that fails at the right moment must not open the way: behind a proxy, names need not be found here.
Deno.test("upstream: the proxy's own name is no destination, though it cannot be looked up just then", async () => {
  let times = 0;
  await using made = makeUpstreamWorld({
    script: echoing,
    policy: { allow: ["proxy.test"], allowLocalBinding: true },
    resolve: {
      "proxy.test": () =>
        ++times % 3 === 1
          ? Promise.reject(new ConnectError("dns_failure", "Cannot resolve it just then"))
          : Promise.resolve([ip(PROXY_IP)]),
    },
  });
  const { world, proxy } = made;
  for (const request of [CONNECT, GET]) {
    const port = request === CONNECT ? "allowed.test:443" : "allowed.test";
    const answer = await world.ask(request.replaceAll(port, "proxy.test:3128"));
    assertEquals(statusOf(answer), 403);
    assertEquals(/"reason":"([a-z_]+)"/.exec(answer.body)?.[1], "upstream_proxy");
  }
  assertEquals([world.lookups, world.dialled, proxy.connections.length], [[], [], 0]);
});

Deno.test("upstream: its machine may be a destination, on other ports", async () => {
  await using made = makeUpstreamWorld({
    script: saying(ok("its own page")),
    policy: { allow: ["proxy.test"], allowLocalBinding: true },
  });
  const answer = await made.world.ask(GET.replaceAll("allowed.test", "proxy.test:8080"));
  assertEquals(answer.body, "its own page");
  assertEquals(made.world.dialled, [`${PROXY_IP}:8080`]);
});
