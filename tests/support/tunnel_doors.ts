// Tunnels to the port of HTTPS, by every way there is to ask for one.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseIp } from "../../src/net/address/ip.ts";
import type { BlockReason } from "../../src/policy/decision.ts";
import { until } from "./in_time.ts";
import { domainAddress, ipAddress, openSocks } from "./socks.ts";
import type { Wire } from "./wire.ts";
import { ALLOWED, type World } from "./world.ts";

/** A way to ask for a tunnel. */
export type TunnelDoor = "CONNECT" | "SOCKS5";

/** All of them. */
export const TUNNEL_DOORS: readonly TunnelDoor[] = ["CONNECT", "SOCKS5"];

/** How each is called in the records of what was blocked. */
const IN_RECORDS = { CONNECT: "http-connect", SOCKS5: "socks5" } as const;

/** The alert of TLS for a name that is not known here (RFC 6066 section 3), a character a byte. */
export const UNRECOGNIZED_NAME = "\x15\x03\x03\x00\x02\x02\x70";

/** Opens a tunnel; fails unless it is announced. Resolves to the client, with nothing left to read. */
export async function tunnelBy(door: TunnelDoor, world: World, host = ALLOWED): Promise<Wire> {
  if (door === "SOCKS5") {
    const address = parseIp(host) === null ? domainAddress(host, 443) : ipAddress(host, 443);
    return await openSocks(world, address);
  }
  const client = await world.client();
  await client.send(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`);
  assertStringIncludes(await client.readHead(), "HTTP/1.1 200 ");
  return client;
}

/**
 * Waits for the end of a tunnel. Fails unless it was refused for `reason`: the origin got no byte, the client got
 * nothing but what Doorward says, and there are one record and the words for the log.
 */
export async function assertRefusedInside(
  world: World,
  client: Wire,
  door: TunnelDoor,
  reason: BlockReason,
): Promise<void> {
  const told = await client.readAll();
  assertEquals(told, reason === "sni_mismatch" ? UNRECOGNIZED_NAME : "");
  await (await world.origin.connection()).readEnd();
  assertEquals(world.origin.received, "");
  await until(() => world.upstreams === 0, "the origin is let go");
  const records = world.blocked.map(({ reason, protocol, port }) => [reason, protocol, port]);
  assertEquals(records, [[reason, IN_RECORDS[door], 443]]);
  assertStringIncludes(world.unsaid.join("\n"), `"reason":"${reason}"`);
}

/** Fails unless the origin gets exactly these bytes, and the client its answer; nothing is recorded. */
export async function assertCarried(world: World, client: Wire, bytes: string): Promise<void> {
  const origin = await world.origin.connection();
  assertEquals(await origin.readExactly(bytes.length), bytes);
  await origin.send("answer");
  assertEquals(await client.readExactly(6), "answer");
  assertEquals([world.blocked, world.unsaid], [[], []]);
}
