import { assert, assertEquals } from "@std/assert";
import { UNATTRIBUTED } from "../../src/audit/attribution.ts";
import { ClientCounts, clientKey } from "../../src/proxy/client_counts.ts";
import type { Entrance } from "../../src/proxy/entrance.ts";
import { ip } from "../support/policy.ts";

const HERE: Entrance = {
  listener: "127.0.0.1:3128",
  attribution: UNATTRIBUTED,
  nextId: () => 1,
};
const THERE: Entrance = { ...HERE, listener: "127.0.0.1:3129" };

const ONE_CLIENT: readonly (readonly [string, string])[] = [
  ["192.0.2.1", "192.0.2.1"],
  ["192.0.2.1", "::ffff:192.0.2.1"],
  ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"],
  // Whoever is on this machine sends from any of them.
  ["127.0.0.1", "127.9.9.9"],
  ["127.0.0.1", "::1"],
  ["127.0.0.1", "::ffff:127.0.0.1"],
];

for (const [one, other] of ONE_CLIENT) {
  Deno.test(`clientKey() takes ${one} and ${other} for one client`, () => {
    assertEquals(clientKey(ip(one), HERE), clientKey(ip(other), HERE));
  });
}

const TWO_CLIENTS: readonly (readonly [string, string])[] = [
  ["192.0.2.1", "192.0.2.2"],
  ["2001:db8:1:2::1", "2001:db8:1:3::1"],
  // The numbers are the same.
  ["0.0.0.5", "0:0:0:5::1"],
];

for (const [one, other] of TWO_CLIENTS) {
  Deno.test(`clientKey() tells ${one} from ${other}`, () => {
    assert(clientKey(ip(one), HERE) !== clientKey(ip(other), HERE));
  });
}

Deno.test("clientKey() tells clients of loopback by their listener, and others wherever they come in", () => {
  assert(clientKey(ip("127.0.0.1"), HERE) !== clientKey(ip("127.0.0.1"), THERE));
  assertEquals(clientKey(ip("192.0.2.1"), HERE), clientKey(ip("192.0.2.1"), THERE));
});

Deno.test("ClientCounts has so many places for each client, and forgets who holds none", () => {
  const counts = new ClientCounts();
  assertEquals([counts.take(1, 2), counts.take(1, 2), counts.take(1, 2)], [true, true, false]);
  assertEquals([counts.take(2n, 2), counts.size], [true, 2]);
  counts.give(1);
  assertEquals([counts.take(1, 2), counts.take(1, 2)], [true, false]);
  for (const client of [1, 1, 2n]) counts.give(client);
  assertEquals(counts.size, 0);
});
