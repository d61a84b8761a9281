import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { latin1Bytes } from "../../src/net/stream/latin1.ts";
import { trusting } from "../../src/net/tls_client.ts";
import { tlsServing } from "../../src/net/tls_server.ts";
import { forge, type Forged, OF_AUTHORITY, ofServer } from "../support/forge.ts";
import { bytes, clientHello, handshake, record, vector } from "../support/hello.ts";
import { ERROR, reset } from "../support/http2_wire.ts";
import { turn, until } from "../support/in_time.ts";
import { type InsideWorld, makeInside, requestRule } from "../support/inside.ts";
import { runProgram } from "../support/programs.ts";
import { pseudo } from "../support/raw_http2.ts";
import { makeScratch } from "../support/scratch.ts";
import type { Script } from "../support/origin.ts";
import { statusOf } from "../support/wire.ts";
import { ALLOWED_IP, type WorldPolicy } from "../support/world.ts";

/** Whom clients trust: ours. */
const OURS = await forge({ extensions: OF_AUTHORITY });
const OUR_LEAF = await forge({ by: OURS, extensions: ofServer("DNS:allowed.test") });
/** Whom we trust. */
const THEIRS = await forge({ extensions: OF_AUTHORITY });
const GOOD = ofServer("DNS:allowed.test");
const POLICY: WorldPolicy = {
  allow: ["allowed.test", ALLOWED_IP],
  requestRules: [
    requestRule("allowed.test", {}, [{ name: "X-Api-Key", value: () => "sk-secret" }]),
    requestRule(ALLOWED_IP),
  ],
};

/** A world between clients that trust us, and a server with such a certificate. */
function worldWith(server: Forged, origin?: Script): Promise<InsideWorld> {
  return makeInside({ ...server, ca: OURS.cert }, {
    policy: POLICY,
    world: {
      interception: {
        secureClient: tlsServing(),
        identityFor: () => Promise.resolve({ chain: OUR_LEAF.cert, key: OUR_LEAF.key }),
        secureServer: trusting([THEIRS.cert]),
      },
      ...(origin === undefined ? {} : { origin, dial: () => null }),
    },
  });
}

const POST = "POST /secret-path HTTP/1.1\r\nHost: allowed.test\r\nContent-Length: 6\r\n\r\nsecret";

async function chain(extensions: readonly string[], days = 1): Promise<Forged> {
  return await forge({ by: THEIRS, extensions, days });
}

async function behind(between: Forged, extensions: readonly string[]): Promise<Forged> {
  const { cert, key } = await forge({ by: between, extensions });
  return { cert: cert + between.cert, key };
}

const STRANGER = await forge({ extensions: OF_AUTHORITY });

const FALSE: Readonly<Record<string, readonly [reason: RegExp, make: () => Promise<Forged>]>> = {
  "has expired": [/has expired/, () => chain(GOOD, -1)],
  "signs itself": [/is not trusted/, () => forge({ extensions: GOOD })],
  "is of an authority that nobody knows": [
    /is not trusted/,
    () => forge({ by: STRANGER, extensions: GOOD }),
  ],
  "is of an authority that it brings along": [
    /is not trusted/,
    () => behind(STRANGER, GOOD),
  ],
  "is of our own authority": [/is not trusted/, () => Promise.resolve(OUR_LEAF)],
  "is of our own authority, which it brings along": [
    /is not trusted/,
    () => behind(OURS, GOOD),
  ],
  "is for another host": [/is for another host/, () => chain(ofServer("DNS:evil.test"))],
  "is for a subdomain": [/is for another host/, () => chain(ofServer("DNS:www.allowed.test"))],
  "is for all subdomains": [/is for another host/, () => chain(ofServer("DNS:*.allowed.test"))],
  "is for a whole top-level domain": [/is for another host/, () => chain(ofServer("DNS:*"))],
  "is for its address alone": [/is for another host/, () => chain(ofServer(`IP:${ALLOWED_IP}`))],
  "is for no name at all": [/is for another host/, () => chain(["basicConstraints=CA:FALSE"])],
  "is for clients": [
    /is not trusted/,
    () => chain([...GOOD, "extendedKeyUsage=clientAuth"]),
  ],
  "is signed by one of a server": [
    /is not trusted/,
    async () => behind(await chain(GOOD), GOOD),
  ],
  "is of an authority for other names": [
    /is not trusted/,
    async () =>
      behind(
        await chain([...OF_AUTHORITY, "nameConstraints=critical,permitted;DNS:good.test"]),
        GOOD,
      ),
  ],
  "is of an authority that may sign none below": [
    /is not trusted/,
    async () => {
      const none = await chain([
        "basicConstraints=critical,CA:TRUE,pathlen:0",
        "keyUsage=keyCertSign",
      ]);
      const below = await forge({ by: none, extensions: OF_AUTHORITY });
      const leaf = await behind(below, GOOD);
      return { ...leaf, cert: leaf.cert + none.cert };
    },
  ],
};

for (const [what, [reason, make]] of Object.entries(FALSE)) {
  Deno.test(`upstream certificate: one that ${what} is refused, and nothing of the request is sent`, async () => {
    await using inside = await worldWith(await make());
    const client = await inside.secure();
    await client.send(POST);
    const answer = await client.readMessage();
    assertEquals(statusOf(answer), 502);
    assertMatch(answer.body, reason);
    const streams = await inside.http2();
    const post = pseudo({ method: "POST", path: "/secret-path" });
    const { status, body } = await streams.ask(post, { data: ["secret"] });
    assertEquals(status, 502);
    assertMatch(body, reason);
    assertEquals([inside.origin.connections, inside.origin.arrived], [2, []]);
    const said = answer.raw + body + JSON.stringify(inside.world.blocked);
    assert(!/sk-secret|secret-path/.test(said), said);
  });
}

Deno.test("upstream certificate: a good one passes, and so does one behind another authority", async () => {
  const between = await chain(OF_AUTHORITY);
  for (const good of [await chain(GOOD), await behind(between, GOOD)]) {
    await using inside = await worldWith(good);
    const client = await inside.secure();
    await client.send(POST);
    assertEquals(statusOf(await client.readMessage()), 200);
  }
});

Deno.test("upstream certificate: for an address the address has to be in it", async () => {
  const ROWS = [[ofServer("DNS:allowed.test"), 502], [ofServer(`IP:${ALLOWED_IP}`), 200]] as const;
  for (const [names, status] of ROWS) {
    await using inside = await worldWith(await chain(names));
    const client = await inside.secure({ host: ALLOWED_IP, sni: null });
    await client.send(`GET / HTTP/1.1\r\nHost: ${ALLOWED_IP}\r\n\r\n`);
    assertEquals(statusOf(await client.readMessage()), status, names.join());
  }
});

Deno.test("upstream certificate: the one of the first connection says nothing for the next", async () => {
  const good = await chain(GOOD);
  const bad = await forge({ extensions: GOOD });
  await using first = await worldWith(good);
  await using second = await worldWith(bad);
  for (const [inside, status] of [[first, 200], [second, 502], [first, 200]] as const) {
    const client = await inside.secure();
    await client.send("GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n");
    assertEquals(statusOf(await client.readMessage()), status);
  }
});

/** The answer of a server that knows no more than TLS 1.0. */
const OLD_HELLO = record(
  22,
  handshake(2, bytes(3, 1, new Uint8Array(32).fill(7), vector(1, bytes()), 0xc0, 0x13, 0)),
);

const LIARS: Readonly<Record<string, Script>> = {
  "speaks HTTP": async (wire) => {
    await wire.readExactly(1);
    await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  },
  "speaks no more than TLS 1.0": async (wire) => {
    await wire.readExactly(1);
    await wire.send(OLD_HELLO);
  },
  "refuses every version": async (wire) => {
    await wire.readExactly(1);
    await wire.send("\x15\x03\x01\x00\x02\x02\x46");
    await wire.closeWrite();
  },
  "greets as SSH": async (wire) => {
    await wire.send("SSH-2.0-OpenSSH_9.6\r\n");
  },
  "hangs up at once": (wire) => Promise.resolve(wire.close()),
  "hangs up amid the handshake": async (wire) => {
    await wire.readExactly(40);
    wire.close();
  },
  "ends before it has begun": async (wire) => {
    await wire.closeWrite();
  },
  "sends back what it is sent": async (wire) => {
    await wire.readExactly(5);
    await wire.send(wire.received);
  },
  "sends a record that is too long": async (wire) => {
    await wire.send(bytes(22, 3, 3, 0xff, 0xff, new Uint8Array(70_000)));
  },
};

for (const [what, script] of Object.entries(LIARS)) {
  Deno.test(`upstream certificate: a server that ${what} gets nothing of the request`, async () => {
    await using inside = await worldWith(OUR_LEAF, script);
    const client = await inside.secure();
    await client.send(POST);
    const answer = await client.readMessage();
    assertEquals(statusOf(answer), 502, answer.raw);
    assert(!inside.world.origin.received.includes("secret"));
  });
}

Deno.test("upstream certificate: a server that says nothing costs the time to connect, and no more", async () => {
  const HANGS: readonly Script[] = [
    () => Promise.resolve(),
    async (wire) => {
      await wire.readExactly(1);
      await wire.send(bytes(22, 3, 3));
    },
    async (wire) => {
      await wire.readExactly(1);
      // A record that never ends.
      await wire.send(bytes(22, 3, 3, 0x10, 0, 2));
    },
  ];
  for (const script of HANGS) {
    await using inside = await worldWith(OUR_LEAF, script);
    const { world } = inside;
    const client = await inside.secure();
    const streams = await inside.http2();
    await client.send(POST);
    const answering = client.readMessage();
    const asking = streams.ask(pseudo({ path: "/secret" }));
    await world.origin.connection(1);
    await world.pass(20_000, Promise.all([answering, asking]));
    assertEquals(statusOf(await answering), 504);
    assertEquals((await asking).status, 504);
    assertEquals(world.upstreams, 0);
    assert(!world.origin.received.includes("secret"));
  }
});

Deno.test("upstream certificate: requests that wait for the same connection hear of it that it cannot be made", async () => {
  await using inside = await worldWith(OUR_LEAF, () => Promise.resolve());
  const { world } = inside;
  const streams = await inside.http2();
  await streams.send(pseudo());
  const second = await streams.send(pseudo());
  await until(() => world.lookups.length === 2, "both requests are decided");
  await world.origin.connection();
  const answering = streams.answerOf(second);
  await world.pass(30_000, answering);
  const answer = await answering;
  assertEquals(answer.reset, null);
  assertMatch(answer.body, /no connection was made in time/);
  assertEquals(world.dialled.length, 1);
});

Deno.test("upstream certificate: a client of HTTP/2 that leaves meanwhile takes its connection along", async () => {
  await using inside = await worldWith(OUR_LEAF, () => Promise.resolve());
  const { world } = inside;
  const streams = await inside.http2();
  await streams.send(pseudo());
  await streams.send(pseudo());
  await until(() => world.lookups.length === 2, "both requests are decided");
  const connection = await world.origin.connection();
  streams.wire.close();
  await connection.readAll();
  await until(() => world.upstreams === 0, "the connection is closed on our side");
  // The request that waited for it makes none of its own.
  await turn();
  assertEquals([world.dialled.length, world.proxy.connections], [1, 0]);
});

Deno.test("upstream certificate: a request that is given up meanwhile takes its connection along, and no other's", async () => {
  await using inside = await worldWith(OUR_LEAF, () => Promise.resolve());
  const { origin, lookups } = inside.world;
  const streams = await inside.http2();
  const first = await streams.send(pseudo());
  await streams.send(pseudo());
  await until(() => lookups.length === 2, "both requests are decided");
  const connection = await origin.connection();
  await streams.wire.send(reset(first, ERROR.cancel));
  await connection.readAll();
  const second = await origin.connection(1);
  assertEquals(second.ending, null);
  streams.wire.close();
  await second.readAll();
});

Deno.test("upstream certificate: the client's own is not asked for, and a session of one host no pass to another", async () => {
  await using scratch = await makeScratch();
  const other = await forge({ by: OURS, extensions: ofServer("DNS:other.test") });
  const server = await chain(ofServer("DNS:allowed.test", "DNS:other.test"));
  await using inside = await makeInside({ ...server, ca: OURS.cert }, {
    policy: {
      allow: ["allowed.test", "other.test"],
      requestRules: [requestRule("allowed.test"), requestRule("other.test")],
    },
    world: {
      troubled: true,
      resolve: { "other.test": ["93.184.216.35"] },
      interception: {
        secureClient: tlsServing(),
        identityFor: (host) => {
          const { cert, key } = host.kind === "name" && host.name === "other.test"
            ? other
            : OUR_LEAF;
          return Promise.resolve({ chain: cert, key });
        },
        secureServer: trusting([THEIRS.cert]),
      },
    },
  });
  const caFile = await scratch.write("ours.pem", OURS.cert);
  const session = `${scratch.folder}/session.pem`;
  const connect = async (host: string, ...words: readonly string[]) => {
    const { stdout } = await runProgram([
      ...["openssl", "s_client", "-proxy", inside.world.authority, "-connect", `${host}:443`],
      ...["-servername", host, "-verify_hostname", host, "-CAfile", caFile, "-ign_eof", ...words],
    ], {
      ...scratch,
      input: latin1Bytes(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
    });
    return stdout;
  };
  for (const version of ["-tls1_2", "-tls1_3"]) {
    assertMatch(await connect("allowed.test", version, "-sess_out", session), /New, TLSv1/);
    const second = await connect("other.test", version, "-sess_in", session);
    assertMatch(second, /New, TLSv1/);
    assertStringIncludes(second, "Verification: OK");
    assertStringIncludes(second, "No client certificate CA names sent");
  }
  assertEquals(inside.origin.arrived.map(({ host }) => host).slice(0, 2), [
    "allowed.test",
    "other.test",
  ]);
});

Deno.test("upstream certificate: a client of TLS 1.0 or 1.1 gets nowhere", async () => {
  await using inside = await makeInside({ ...OUR_LEAF, ca: OURS.cert }, {
    world: { troubled: true },
  });
  for (const minor of [1, 2]) {
    const modern = clientHello({ names: ["allowed.test"] });
    // Its version is behind the headers of record and message; what says more is left out.
    const body = modern.slice(9);
    body[1] = minor;
    const text = Array.from(body, (byte) => String.fromCharCode(byte)).join("");
    const at = text.indexOf("\x00\x2b\x00\x05\x04\x03\x04\x03\x03");
    body.set([0x0a, 0x0a], at);
    const client = await inside.tunnel();
    await client.send(record(22, handshake(1, body)));
    // At most an alert.
    const said = await client.readAll();
    assertEquals(said.slice(0, 1) + said.slice(7), said === "" ? "" : "\x15");
  }
  assertEquals([inside.world.dialled, inside.origin.connections], [[], 0]);
});
