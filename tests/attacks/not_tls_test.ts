import { assertEquals, assertStringIncludes } from "@std/assert";
import { latin1Bytes } from "../../src/net/stream/latin1.ts";
import { turn } from "../support/in_time.ts";
import { type Script, silent } from "../support/origin.ts";
import {
  assertCarried,
  assertRefusedInside,
  TUNNEL_DOORS,
  tunnelBy,
  type TunnelDoor,
} from "../support/tunnel_doors.ts";
import { ALLOWED, makeWorld, type World } from "../support/world.ts";

function boundWorld(allow: string, origin = silent): World {
  return makeWorld({
    policy: { allow: [allow], sniBinding: true },
    limits: { headMs: 2000 },
    origin,
  });
}

/** What a tunnel is used for that was allowed for HTTPS. */
const STRANGERS: Readonly<Record<string, string>> = {
  "SSH": "SSH-2.0-OpenSSH_9.9\r\n",
  "plain HTTP": `GET / HTTP/1.1\r\nHost: ${ALLOWED}\r\n\r\n`,
  "another CONNECT": "CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n",
  "SOCKS5": "\x05\x01\x00",
  "the first byte of a handshake, and junk": "\x16junk and more junk",
  "the head of a handshake, and junk": "\x16\x03\x01\x00\x40" + "\xff".repeat(64),
  "a handshake of the server": "\x16\x03\x03\x00\x04\x02\x00\x00\x00",
  "application data of TLS": "\x17\x03\x03\x00\x05hello",
  "a NUL": "\0",
};

// What is not TLS has no name that could be compared.
for (const door of TUNNEL_DOORS) {
  for (const [what, words] of Object.entries(STRANGERS)) {
    Deno.test(`not TLS: ${what} ends a tunnel by ${door}`, async () => {
      await using world = boundWorld(ALLOWED);
      const client = await tunnelBy(door, world);
      await client.send(words);
      await assertRefusedInside(world, client, door, "not_tls");
    });

    Deno.test(`not TLS: ${what} is carried by ${door} where a rule says raw`, async () => {
      await using world = boundWorld(`${ALLOWED}:443 raw`);
      const client = await tunnelBy(door, world);
      await client.send(words);
      await assertCarried(world, client, words);
    });
  }

  Deno.test(`not TLS: words that end too soon end a tunnel by ${door}`, async () => {
    await using world = boundWorld(ALLOWED);
    const client = await tunnelBy(door, world);
    await client.send("\x16\x03\x01");
    await client.closeWrite();
    await assertRefusedInside(world, client, door, "not_tls");
  });

  Deno.test(`not TLS: who says nothing within its limit is let go, by ${door}`, async () => {
    await using world = boundWorld(ALLOWED);
    await waitOut(world, door, "");
  });

  Deno.test(`not TLS: nor does a byte now and then keep a tunnel by ${door}`, async () => {
    await using world = boundWorld(ALLOWED);
    await waitOut(world, door, "\x16\x03\x01");
  });
}

/** Sends a byte of `words` each half second; fails unless the tunnel stands for two seconds and no longer. */
async function waitOut(world: World, door: TunnelDoor, words: string): Promise<void> {
  const client = await tunnelBy(door, world);
  for (const byte of words) {
    await client.send(byte);
    await world.pass(500);
  }
  assertEquals(client.ending, null);
  const refused = assertRefusedInside(world, client, door, "not_tls");
  await world.pass(3000, refused);
  await refused;
}

/** A server that speaks first, as those of SSH do. */
const SSHD: Script = async (wire) => {
  await wire.send("SSH-2.0-server\r\n");
  await wire.readUntil("\r\n");
  await wire.send("welcome");
};

Deno.test("not TLS: a server that speaks first is heard where a rule says raw", async () => {
  for (const door of TUNNEL_DOORS) {
    await using world = boundWorld(`${ALLOWED} raw`, SSHD);
    const client = await tunnelBy(door, world);
    assertEquals(await client.readUntil("\r\n"), "SSH-2.0-server\r\n");
    await world.pass(5000);
    await client.send("SSH-2.0-client\r\n");
    assertEquals(await client.readUntil("welcome"), "welcome");
    assertEquals(world.blocked, []);
  }
});

Deno.test("not TLS: a server that speaks first is not heard where none does", async () => {
  await using world = boundWorld(ALLOWED, (wire) => wire.send("SSH-2.0-server\r\n"));
  const client = await tunnelBy("CONNECT", world);
  await world.origin.connection();
  for (let turns = 0; turns < 10; turns++) await turn();
  await client.send("SSH-2.0-client\r\n");
  await assertRefusedInside(world, client, "CONNECT", "not_tls");
});

Deno.test("not TLS: a client that ends before it says anything is no attack", async () => {
  await using world = boundWorld(ALLOWED);
  const client = await tunnelBy("CONNECT", world);
  await client.closeWrite();
  const origin = await world.origin.connection();
  await origin.readEnd();
  await origin.closeWrite();
  await client.readEnd();
  assertEquals(world.blocked, []);
});

Deno.test("not TLS: the log says what would let it through", async () => {
  await using world = boundWorld(ALLOWED);
  const client = await tunnelBy("CONNECT", world);
  await client.send(latin1Bytes("SSH-2.0-x\r\n"));
  await client.readEnd();
  assertStringIncludes(world.unsaid.join("\n"), "it does not begin with a handshake");
});
