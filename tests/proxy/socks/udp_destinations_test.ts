import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  addressInUse,
  type Destination,
  type Granted,
  UdpDestinations,
} from "../../../src/proxy/socks/udp_destinations.ts";
import { asker } from "../../support/asker.ts";
import { connectTo, policyOf } from "../../support/policy.ts";
import { at } from "../../support/udp_sockets.ts";

const policy = policyOf({});

function destination(key: string): Destination {
  const request = connectTo("allowed.test:53", "socks5_udp");
  return { key, request, standing: { kind: "pending", waiting: [] } };
}

function granted(destination: Destination, ...addresses: readonly string[]): Granted {
  return {
    kind: "granted",
    destination,
    policy,
    until: 0,
    addresses: addresses.map(at),
    index: 0,
    answered: false,
    passage: { request: destination.request, asker: asker(), since: 0 },
    up: 0,
    down: 0,
  };
}

/** Adds a destination that was granted and sent to. */
function sentTo(table: UdpDestinations, key: string, ...addresses: readonly string[]): Granted {
  const added = destination(key);
  const standing = granted(added, ...addresses);
  table.add(added);
  table.change(added, standing);
  table.expect(standing);
  return standing;
}

Deno.test("UdpDestinations forgets the one unused for longest", () => {
  const table = new UdpDestinations(3, () => {});
  const all = ["a", "b", "c", "d"].map(destination);
  const [a, b, c, d] = all as [Destination, Destination, Destination, Destination];
  for (const each of [a, b, c]) table.add(each);
  assertStrictEquals(table.find("a"), a);
  table.add(d);
  assertEquals(all.map((each) => table.has(each)), [true, false, true, true]);
  assertEquals([table.find("b"), table.size], [undefined, 3]);
  table.add(destination("e"));
  assertEquals(all.map((each) => table.has(each)), [true, false, false, true]);
});

Deno.test("UdpDestinations knows the newest, also when others came after it", () => {
  const table = new UdpDestinations(3, () => {});
  for (const key of ["a", "b"]) table.add(destination(key));
  table.find("a");
  table.add(destination("c"));
  table.find("a");
  for (const key of ["d", "e"]) table.add(destination(key));
  assertEquals(["a", "b", "c"].map((key) => table.find(key)?.key), ["a", undefined, undefined]);
});

Deno.test("UdpDestinations counts an answer as a use", () => {
  const table = new UdpDestinations(2, () => {});
  const a = sentTo(table, "a", "192.0.2.1:53");
  sentTo(table, "b", "192.0.2.2:53");
  assertStrictEquals(table.answering(at("192.0.2.1:53")), a);
  sentTo(table, "c", "192.0.2.3:53");
  assertEquals([table.has(a.destination), table.find("b")], [true, undefined]);
});

Deno.test("UdpDestinations keeps one destination where there is no room for more", () => {
  const table = new UdpDestinations(1, () => {});
  sentTo(table, "a", "192.0.2.1:53");
  const b = sentTo(table, "b", "192.0.2.2:53");
  assertEquals([table.size, table.sources], [1, 1]);
  assertStrictEquals(table.find("b"), b.destination);
});

Deno.test("only an address that was sent to may answer, from that very port", () => {
  const table = new UdpDestinations(9, () => {});
  const v4 = sentTo(table, "a", "192.0.2.1:53", "192.0.2.2:53");
  const v6 = sentTo(table, "b", "[2001:db8::1]:53");
  const mapped = sentTo(table, "c", "[::ffff:192.0.2.9]:53");
  assertStrictEquals(table.answering(at("192.0.2.1:53")), v4);
  assertStrictEquals(table.answering(at("[2001:db8::1]:53")), v6);
  assertStrictEquals(table.answering(at("192.0.2.9:53")), mapped);
  for (
    const other of [
      "192.0.2.1:54",
      "192.0.2.2:53", // of the grant, but not in use
      "192.0.2.3:53",
      "[2001:db8::1]:54",
      "[2001:db8::2]:53",
      "[::192.0.2.1]:53",
    ]
  ) assertEquals(table.answering(at(other)), undefined, other);
});

Deno.test("what is not remembered any more, or granted anew, may not answer under the old grant", () => {
  const table = new UdpDestinations(2, () => {});
  const old = sentTo(table, "a", "192.0.2.1:53");
  const moved = granted(old.destination, "192.0.2.7:53");
  table.change(old.destination, moved);
  assertEquals(table.answering(at("192.0.2.1:53")), undefined);
  assertEquals(table.answering(at("192.0.2.7:53")), undefined);
  table.expect(moved);
  assertStrictEquals(table.answering(at("192.0.2.7:53")), moved);
  table.change(old.destination, { kind: "refused", policy, until: 0 });
  assertEquals([table.answering(at("192.0.2.7:53")), table.sources], [undefined, 0]);
});

Deno.test("an address of two names answers until the last of them is forgotten", () => {
  const table = new UdpDestinations(2, () => {});
  const a = sentTo(table, "a", "192.0.2.1:53");
  const b = sentTo(table, "b", "192.0.2.1:53");
  assertStrictEquals(table.answering(at("192.0.2.1:53")), b);
  table.find("a");
  table.expect(a);
  sentTo(table, "c", "192.0.2.3:53");
  assertEquals(table.find("b"), undefined);
  assertStrictEquals(table.answering(at("192.0.2.1:53")), a);
});

Deno.test("useNext() goes round the addresses of a grant, and only the one in use may answer", () => {
  const table = new UdpDestinations(2, () => {});
  const standing = sentTo(table, "a", "192.0.2.1:53", "[2001:db8::1]:53", "192.0.2.3:53");
  const seen = [1, 2, 3].map(() => {
    assert(table.useNext(standing));
    assertStrictEquals(table.answering(addressInUse(standing)), standing);
    assertEquals(table.sources, 1);
    return addressInUse(standing);
  });
  assertEquals(seen, [at("[2001:db8::1]:53"), at("192.0.2.3:53"), at("192.0.2.1:53")]);
});

Deno.test("useNext() leaves a grant alone that is not in force any more", () => {
  const table = new UdpDestinations(1, () => {});
  const replaced = sentTo(table, "a", "192.0.2.1:53", "192.0.2.2:53");
  const now = granted(replaced.destination, "192.0.2.3:53");
  table.change(replaced.destination, now);
  assertEquals([table.has(replaced.destination), table.useNext(replaced)], [true, false]);
  const forgotten = sentTo(table, "b", "192.0.2.1:53", "192.0.2.2:53");
  table.add(destination("c"));
  assertEquals(table.useNext(forgotten), false);
  assertEquals(table.sources, 0);
});

Deno.test("every grant is over once: forgotten, changed, replaced, or when all are cleared", () => {
  const over: Granted[] = [];
  const table = new UdpDestinations(2, (granted) => over.push(granted));
  const forgotten = sentTo(table, "a", "192.0.2.1:53");
  const refused = sentTo(table, "b", "192.0.2.2:53");
  const replaced = sentTo(table, "c", "192.0.2.3:53");
  assertEquals(over, [forgotten]);
  table.change(refused.destination, { kind: "refused", policy, until: 0 });
  assertEquals(over.at(-1), refused);
  const last = granted(replaced.destination, "192.0.2.4:53");
  table.change(replaced.destination, last);
  assertEquals(over.at(-1), replaced);
  // Another address of the same grant is no end of it.
  assert(table.useNext(last));
  table.clear();
  table.clear();
  assertEquals(over, [forgotten, refused, replaced, last]);
  assertEquals([table.size, table.sources, table.find("c")], [0, 0, undefined]);
});

Deno.test("addressInUse() throws for a grant that names no address", () => {
  assertThrows(() => addressInUse(granted(destination("a"))), RangeError);
});
