import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import type { SocksAddress } from "../../src/socks/address.ts";
import {
  DATAGRAM_HEADER_BYTES_MAX,
  datagramHeaderLength,
  decodeDatagram,
  writeDatagramHeader,
} from "../../src/socks/datagram.ts";
import { latin1 } from "../../src/net/stream/latin1.ts";
import { ip } from "../support/policy.ts";
import { bytes, printed } from "./wire_format.ts";

const IPV6 = "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01";
const LONGEST = "x".repeat(255);

function at(text: string): SocksAddress {
  return { kind: "ip", ip: ip(text) };
}

function named(text: string): SocksAddress {
  return { kind: "domain", text };
}

/** RFC 1928 section 7. */
const HEADERS: readonly (readonly [wire: string, address: SocksAddress, port: number])[] = [
  ["00 00 00 01 c0 00 02 01 00 35", at("192.0.2.1"), 53],
  [`00 00 00 04 ${IPV6} ff ff`, at("2001:db8::1"), 65535],
  ['00 00 00 03 06 "a.test" 00 01', named("a.test"), 1],
  [`00 00 00 03 ff "${LONGEST}" 00 35`, named(LONGEST), 53],
];

for (const [wire, address, port] of HEADERS) {
  const name = wire.slice(0, 40);
  Deno.test(`decodeDatagram() reads ${name}, with any data or none`, () => {
    for (const data of ["", "x", "\0\0\0\x01", "y".repeat(60_000)]) {
      const whole = new Uint8Array([...bytes(wire), ...new TextEncoder().encode(data)]);
      const datagram = decodeDatagram(whole);
      if (datagram.kind !== "datagram") throw new Error(`Dropped ${wire}`);
      assertEquals([datagram.address, datagram.port], [address, port]);
      assertEquals(latin1(datagram.payload), data);
    }
  });

  Deno.test(`decodeDatagram() drops ${name} when it is cut`, () => {
    const whole = bytes(wire);
    const bad = { kind: "bad", why: "the datagram is shorter than its header" } as const;
    for (let end = 0; end < whole.length; end++) {
      assertEquals(decodeDatagram(whole.subarray(0, end)), bad, `${end} bytes`);
    }
  });
}

Deno.test("decodeDatagram() copies nothing", () => {
  const buffer = bytes('ff ff 00 00 00 01 c0 00 02 01 00 35 "data"');
  const datagram = decodeDatagram(buffer.subarray(2));
  if (datagram.kind !== "datagram") throw new Error("Dropped");
  assertStrictEquals(datagram.payload.buffer, buffer.buffer);
  buffer.set(bytes('"DATA"'), 12);
  assertEquals(latin1(datagram.payload), "DATA");
});

Deno.test("decodeDatagram() tells a fragment, whatever its number", () => {
  for (let number = 1; number < 256; number++) {
    const whole = bytes('00 00 00 01 c0 00 02 01 00 35 "data"');
    whole[2] = number;
    assertEquals(decodeDatagram(whole), { kind: "fragment" });
  }
});

/** What a datagram is dropped for. */
const BAD: readonly (readonly [wire: string, why: string])[] = [
  ["01 00 00 01 c0 00 02 01 00 35", "the reserved bytes are not 0"],
  ["00 01 00 01 c0 00 02 01 00 35", "the reserved bytes are not 0"],
  ["ff ff 01 01 c0 00 02 01 00 35", "the reserved bytes are not 0"],
  ["00 00 00 00 c0 00 02 01 00 35", "the address type is 0, which is not 1, 3 or 4"],
  ["00 00 00 02 c0 00 02 01 00 35", "the address type is 2, which is not 1, 3 or 4"],
  ["00 00 00 05 c0 00 02 01 00 35", "the address type is 5, which is not 1, 3 or 4"],
  ["00 00 00 03 00 00 35", "the host is empty"],
  ["00 00 00 01 c0 00 02 01 00 00", "the port is 0"],
  ['00 00 00 03 06 "a.test" 00 00', "the port is 0"],
  ["05 01 00 01 c0 00 02 01 00 35", "the reserved bytes are not 0"],
];

for (const [wire, why] of BAD) {
  Deno.test(`decodeDatagram() drops ${wire}`, () => {
    assertEquals(decodeDatagram(bytes(`${wire} "data"`)), { kind: "bad", why });
  });
}

Deno.test("datagramHeaderLength() is that of the family, and never more than the ceiling", () => {
  assertEquals(datagramHeaderLength(ip("192.0.2.1")), 10);
  assertEquals(datagramHeaderLength(ip("2001:db8::1")), 22);
  assertEquals(DATAGRAM_HEADER_BYTES_MAX, 22);
});

Deno.test("writeDatagramHeader() writes the header right before the data", () => {
  const froms = [
    [{ ip: ip("192.0.2.1"), port: 53 }, "00 00 00 01 c0 00 02 01 00 35"],
    [{ ip: ip("2001:db8::1"), port: 65535 }, `00 00 00 04 ${IPV6} ff ff`],
  ] as const;
  for (const [from, header] of froms) {
    // Used before: what stood there must not shine through.
    const into = bytes(`${"ee ".repeat(30)} "data"`);
    const start = writeDatagramHeader(into, 30, from);
    assertEquals(start, 30 - datagramHeaderLength(from.ip));
    assertEquals(printed(into.subarray(start)), printed(bytes(`${header} "data"`)));
    assertEquals(printed(into.subarray(0, start)), "ee ".repeat(start).trim());
  }
});

Deno.test("writeDatagramHeader() fits the room to the byte, and writes nowhere else", () => {
  for (const [text, length] of [["192.0.2.1", 10], ["::1", 22]] as const) {
    const buffer = new Uint8Array(64).fill(0xee);
    const from = { ip: ip(text), port: 53 };
    assertEquals(writeDatagramHeader(buffer.subarray(32), length, from), 0);
    assertEquals(printed(buffer.subarray(0, 32)), "ee ".repeat(32).trim());
    for (const end of [0, 1, length - 1]) {
      buffer.fill(0xee);
      assertThrows(() => writeDatagramHeader(buffer.subarray(32), end, from), RangeError);
      assertEquals(printed(buffer), "ee ".repeat(64).trim());
    }
  }
});

Deno.test("a header that was written reads as what it was written for", () => {
  for (const text of ["192.0.2.1", "0.0.0.0", "255.255.255.255", "::1", "2001:db8::ffff"]) {
    const into = new Uint8Array(DATAGRAM_HEADER_BYTES_MAX + 4);
    const from = { ip: ip(text), port: 4660 };
    const start = writeDatagramHeader(into, DATAGRAM_HEADER_BYTES_MAX, from);
    const datagram = decodeDatagram(into.subarray(start));
    const payload = new Uint8Array(4);
    assertEquals(datagram, { kind: "datagram", address: at(text), port: 4660, payload });
  }
});
