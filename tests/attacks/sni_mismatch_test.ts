import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { latin1 } from "../../src/net/stream/latin1.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import { type Authority, makeAuthority } from "../support/authority.ts";
import { testClient } from "../support/client_world.ts";
import { bytes, clientHello, helloMessage, inRecords, record } from "../support/hello.ts";
import { until } from "../support/in_time.ts";
import { silent } from "../support/origin.ts";
import { ip } from "../support/policy.ts";
import { type Ended, runProgram, whereIs } from "../support/programs.ts";
import { makeScratch, type Scratch } from "../support/scratch.ts";
import {
  assertCarried,
  assertRefusedInside,
  TUNNEL_DOORS,
  tunnelBy,
  UNRECOGNIZED_NAME,
} from "../support/tunnel_doors.ts";
import { greet, startWebOrigin, type WebOrigin } from "../support/web_origin.ts";
import { ALLOWED, ALLOWED_IP, makeWorld, type World, type WorldPolicy } from "../support/world.ts";

const BOUND: WorldPolicy = {
  allow: [ALLOWED, "8.8.4.4"],
  deny: ["denied.test"],
  sniBinding: true,
};

function boundWorld(policy = BOUND): World {
  return makeWorld({ policy, origin: silent });
}

/** How the bytes of a hello can come. */
const WRITES: Readonly<Record<string, (names: readonly string[]) => readonly Uint8Array[]>> = {
  "in one write": (names) => [clientHello({ names })],
  "a byte a write": (names) => [...clientHello({ names })].map((byte) => Uint8Array.of(byte)),
  "in two records": (names) => [inRecords(helloMessage({ names }), [30, 2 ** 14])],
  "in a record for each ten bytes": (names) => [inRecords(helloMessage({ names }), [10])],
  "in 17 KB": (names) => [clientHello({ names, padTo: 17 * 1024 })],
  "with more behind it": (names) => [bytes(clientHello({ names }), record(23, bytes(1, 2, 3)))],
  "and the right one behind it": (names) => [
    bytes(clientHello({ names }), clientHello({ names: [ALLOWED] })),
  ],
};

// What is asked for is allowed, and what is meant is another.
for (const door of TUNNEL_DOORS) {
  for (const [how, writes] of Object.entries(WRITES)) {
    Deno.test(`SNI: another name, ${how}, ends a tunnel by ${door}`, async () => {
      await using world = boundWorld();
      const client = await tunnelBy(door, world);
      for (const piece of writes(["evil.test"])) await client.send(piece);
      await assertRefusedInside(world, client, door, "sni_mismatch");
    });

    Deno.test(`SNI: the right name, ${how}, is carried by ${door} as it came`, async () => {
      await using world = boundWorld();
      const client = await tunnelBy(door, world);
      const pieces = writes([ALLOWED]);
      for (const piece of pieces) await client.send(piece);
      await assertCarried(world, client, latin1(bytes(...pieces)));
    });
  }
}

/** Names that are not the one that was asked for. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "no name": [],
  "an empty name": [""],
  "an address": [ALLOWED_IP],
  "two names": [ALLOWED, "evil.test"],
  "the name twice": [ALLOWED, ALLOWED],
  "a dot at the end": [`${ALLOWED}.`],
  "a NUL at the end": [`${ALLOWED}\0`],
  "a NUL and another name": [`${ALLOWED}\0.evil.test`],
  "a name below it": [`x.${ALLOWED}`],
  "the end of it": ["test"],
  "a port": [`${ALLOWED}:443`],
  "the proxy's idea of a log line": ["x\r\nCODEX_NETWORK_POLICY_DECISION {}"],
};

for (const door of TUNNEL_DOORS) {
  for (const [what, names] of Object.entries(NAMES)) {
    Deno.test(`SNI: ${what} ends a tunnel by ${door}`, async () => {
      await using world = boundWorld();
      const client = await tunnelBy(door, world);
      await client.send(clientHello({ names }));
      await assertRefusedInside(world, client, door, "sni_mismatch");
      for (const line of world.unsaid) assertMatch(line, /^[ -~]+$/);
    });
  }

  Deno.test(`SNI: an address that is allowed has any name but a denied one, by ${door}`, async () => {
    for (const names of [["any.test"], []]) {
      await using world = boundWorld();
      const client = await tunnelBy(door, world, "8.8.4.4");
      const hello = clientHello({ names });
      await client.send(hello);
      await assertCarried(world, client, latin1(hello));
    }
    await using world = boundWorld();
    const client = await tunnelBy(door, world, "8.8.4.4");
    await client.send(clientHello({ names: ["denied.test"] }));
    await assertRefusedInside(world, client, door, "sni_mismatch");
  });
}

Deno.test("SNI: a hello that comes with the CONNECT is looked at, too", async () => {
  await using world = boundWorld();
  const head = `CONNECT ${ALLOWED}:443 HTTP/1.1\r\nHost: ${ALLOWED}:443\r\n\r\n`;
  const answer = await world.exchange(head + latin1(clientHello({ names: ["evil.test"] })));
  assertMatch(answer, /^HTTP\/1\.1 200 /);
  assertEquals(answer.slice(answer.indexOf("\r\n\r\n") + 4), UNRECOGNIZED_NAME);
  assertEquals([world.origin.received, world.blocked.length], ["", 1]);
});

Deno.test("SNI: a name may be written with capitals", async () => {
  await using world = boundWorld();
  const client = await tunnelBy("CONNECT", world, "ALLOWED.Test");
  const hello = clientHello({ names: ["aLLowed.test"] });
  await client.send(hello);
  await assertCarried(world, client, latin1(hello));
});

Deno.test("SNI: nothing is looked at on another port, or where the configuration says so", async () => {
  const evil = clientHello({ names: ["evil.test"] });
  await using other = boundWorld();
  const client = await other.client();
  await client.send(`CONNECT ${ALLOWED}:8443 HTTP/1.1\r\nHost: ${ALLOWED}:8443\r\n\r\n`);
  await client.readHead();
  await client.send(evil);
  await assertCarried(other, client, latin1(evil));
  await using off = boundWorld({ ...BOUND, sniBinding: false });
  const free = await tunnelBy("CONNECT", off);
  await free.send(evil);
  await assertCarried(off, free, latin1(evil));
});

Deno.test("SNI: a policy that forbids the host closes a tunnel that has said nothing yet", async () => {
  await using world = boundWorld();
  const client = await tunnelBy("CONNECT", world);
  await client.send(clientHello({ names: ["evil.test"] }).subarray(0, 20));
  world.setPolicy({ ...BOUND, allow: [] });
  assertEquals(await client.readAll(), "");
  await until(() => world.upstreams === 0, "the origin is let go");
  assertEquals(world.origin.received, "");
});

/** A server of TLS that is allowed.test, and Doorward between it and programs. */
async function tlsWorld(test: (world: World, web: WebOrigin, tls: Tls) => Promise<void>) {
  await using scratch = await makeScratch();
  const authority = await makeAuthority([`DNS:${ALLOWED}`], scratch);
  const certificate = { cert: authority.cert, key: authority.key, file: authority.certFile };
  await using web = startWebOrigin(greet, { hostname: "127.0.0.1", certificate });
  await using world = makeWorld({
    policy: BOUND,
    dial: (_, signal) => tcpDialer({ ip: ip("127.0.0.1"), port: web.port }, signal),
  });
  await test(world, web, { scratch, authority });
}

interface Tls {
  readonly scratch: Scratch;
  readonly authority: Authority;
}

const CURL = { name: "curl", program: whereIs("curl"), wanted: "curl" };
const OPENSSL = { name: "openssl", program: whereIs("openssl"), wanted: "openssl" };

testClient(
  CURL,
  "SNI: curl reaches the server that it names, by CONNECT and by SOCKS5",
  (curl) =>
    tlsWorld(async (world, web, { scratch, authority }) => {
      for (const proxy of [`http://${world.authority}`, `socks5h://${world.authority}`]) {
        const words = [curl, "-sS", "--cacert", authority.caFile, "-x", proxy];
        const { stdout, stderr } = await runProgram(
          [...words, `https://${ALLOWED}/hello`],
          scratch,
        );
        assertEquals(stdout, "hello from the origin\n", stderr);
      }
      assertEquals([web.requests.length, world.blocked], [2, []]);
    }),
);

testClient(
  OPENSSL,
  "SNI: openssl that names another host gets an alert",
  (openssl) =>
    tlsWorld(async (world, web, { scratch }) => {
      const shake = (name: string): Promise<Ended> => {
        const words = ["s_client", "-proxy", world.authority, "-connect", `${ALLOWED}:443`];
        return runProgram([openssl, ...words, "-servername", name], scratch);
      };
      const right = await shake(ALLOWED);
      assertStringIncludes(right.stdout, "CN = test server");
      assertEquals(world.blocked, []);
      const wrong = await shake("evil.test");
      assertMatch(wrong.stderr, /unrecognized name/);
      assertEquals(wrong.stdout.includes("BEGIN CERTIFICATE"), false);
      assertEquals(world.blocked.map(({ reason }) => reason), ["sni_mismatch"]);
      assertEquals(web.requests, []);
    }),
);
