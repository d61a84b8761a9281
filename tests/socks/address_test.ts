import { assertEquals, assertThrows } from "@std/assert";
import { formatHost, parseHost } from "../../src/net/address/host.ts";
import {
  addressOf,
  decodeEndpoint,
  endpointLength,
  hostOf,
  type SocksEndpoint,
  writeEndpoint,
} from "../../src/socks/address.ts";
import { ip } from "../support/policy.ts";
import { assertBad, assertDecodes, bytes, printed } from "./wire_format.ts";

function at(text: string, port: number): SocksEndpoint {
  return { address: { kind: "ip", ip: ip(text) }, port };
}

function named(text: string, port: number): SocksEndpoint {
  return { address: { kind: "domain", text }, port };
}

const LONGEST = "x".repeat(255);

/** RFC 1928 section 5, and what is written for it. */
const ENDPOINTS: readonly (readonly [wire: string, endpoint: SocksEndpoint])[] = [
  ["01 c0 00 02 01 01 bb", at("192.0.2.1", 443)],
  ["01 00 00 00 00 00 00", at("0.0.0.0", 0)],
  ["01 ff fe fd fc ff ff", at("255.254.253.252", 65535)],
  ["01 7f 00 00 01 00 50", at("127.0.0.1", 80)],
  ["04 20 01 0d b8 00 01 00 02 00 03 00 04 00 05 00 06 1f 90", at("2001:db8:1:2:3:4:5:6", 8080)],
  ["04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00 01", at("::1", 1)],
  ["04 00 00 00 00 00 00 00 00 00 00 ff ff 7f 00 00 01 01 00", at("::ffff:127.0.0.1", 256)],
  ["04 ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff", {
    address: { kind: "ip", ip: { family: 6, bits: (1n << 128n) - 1n } },
    port: 65535,
  }],
  ['03 06 "a.test" 01 bb', named("a.test", 443)],
  ['03 01 "a" 00 00', named("a", 0)],
  [`03 ff "${LONGEST}" 12 34`, named(LONGEST, 0x1234)],
  // What is no name is still an address on the wire; hostOf() refuses it.
  ['03 05 "a" 00 "b" ff 0d 00 50', named("a\0b\xff\r", 80)],
  ['03 03 "::1" 00 50', named("::1", 80)],
];

for (const [wire, endpoint] of ENDPOINTS) {
  const name = wire.slice(0, 60);
  Deno.test(`decodeEndpoint() reads ${name}, however the bytes are cut`, () => {
    assertDecodes((all) => decodeEndpoint(all, 0), wire, endpoint);
  });

  Deno.test(`writeEndpoint() writes ${name}`, () => {
    const length = bytes(wire).length;
    assertEquals(endpointLength(endpoint), length);
    const into = new Uint8Array(length + 4).fill(0xee);
    writeEndpoint(into.subarray(1), 1, endpoint);
    assertEquals(printed(into), `ee ee ${printed(bytes(wire))} ee ee`);
  });
}

Deno.test("decodeEndpoint() begins where it is told, in a view of its own", () => {
  const view = bytes("ff ff 09 01 7f 00 00 01 00 50").subarray(2);
  assertEquals(decodeEndpoint(view, 1), {
    kind: "message",
    message: at("127.0.0.1", 80),
    length: 7,
  });
  assertEquals(decodeEndpoint(view.subarray(0, 7), 1), { kind: "more" });
});

Deno.test("decodeEndpoint() refuses every address type that does not exist, at its byte", () => {
  for (let type = 0; type < 256; type++) {
    if ([1, 3, 4].includes(type)) continue;
    assertBad((all) => decodeEndpoint(all, 0), type.toString(16).padStart(2, "0"), {
      kind: "bad",
      fault: "unknown_type",
      why: `the address type is ${type}, which is not 1, 3 or 4`,
    });
  }
});

Deno.test("decodeEndpoint() refuses a name of no bytes, before its port comes", () => {
  const bad = { kind: "bad", fault: "empty_domain", why: "the host is empty" } as const;
  assertBad((all) => decodeEndpoint(all, 0), "03 00", bad);
});

Deno.test("decodeEndpoint() keeps nothing of the bytes that it was given", () => {
  const all = bytes('03 06 "a.test" 01 bb');
  const decoded = decodeEndpoint(all, 0);
  all.fill(0);
  assertEquals(decoded, { kind: "message", message: named("a.test", 443), length: 10 });
});

// A length of 256 would be read as 0: the bytes behind would change their meaning (CVE-2023-38545).
Deno.test("writeEndpoint() writes no name whose length does not fit", () => {
  const write = (length: number) =>
    writeEndpoint(new Uint8Array(1000), 0, named("x".repeat(length), 80));
  for (const length of [0, 256, 257, 512]) {
    const words = `Cannot encode a domain of ${length} bytes: 1 to 255 fit`;
    assertThrows(() => write(length), RangeError, words);
  }
  for (const length of [1, 255]) write(length);
});

function hostText(text: string): string {
  const host = hostOf({ kind: "domain", text });
  return host.kind === "bad" ? `bad: ${host.why}` : `${host.kind} ${formatHost(host)}`;
}

Deno.test("hostOf() takes the bytes of an address for the address", () => {
  for (const text of ["192.0.2.1", "::1", "::ffff:127.0.0.1", "0.0.0.0"]) {
    assertEquals(hostOf({ kind: "ip", ip: ip(text) }), { kind: "ip", ip: ip(text) });
  }
});

Deno.test("hostOf() reads a name as every other door does", () => {
  const LABEL = "l".repeat(63);
  const names = [
    ...["a.test", "A.Test.", "localhost", "127.0.0.1", "127.1", "0x7f000001", "2130706433"],
    ...["[::1]", "[::1", "[a.test]", "[127.0.0.1]", "a.test.", "a.test..", ".a.test", "a..test"],
    ...["xn--pple-43d.com", "xn--a", "*.a.test", "a_b.test", "-a.test", "a b.test", "", ".", "%2e"],
    ...[`${LABEL}.test`, `${LABEL}l.test`, "user@a.test", "a.test:80", "http://a.test/"],
    ...[`${LABEL}.${LABEL}.${LABEL}.${"l".repeat(61)}`, `${LABEL}.${LABEL}.${LABEL}.${LABEL}`],
  ];
  for (const text of names) {
    assertEquals(hostOf({ kind: "domain", text }), parseHost(text), text);
  }
});

// A resolver in C would stop at the NUL, a log would break at the line end.
Deno.test("hostOf() refuses every byte that no name has", () => {
  const allowed = /^[0-9A-Za-z._-]$/;
  for (let byte = 0; byte < 256; byte++) {
    const character = String.fromCharCode(byte);
    const isAllowed = allowed.test(character);
    const host = hostOf({ kind: "domain", text: `a${character}b.example.org` });
    assertEquals(host.kind, isAllowed ? "name" : "bad", `byte ${byte}`);
  }
  for (const text of ["evil.test\0.example.org", "\0example.com", "example.com\0", "\0"]) {
    assertEquals(hostText(text), "bad: it has a control character");
  }
});

Deno.test("hostOf() takes an IPv6 literal that was sent as a name for the address", () => {
  assertEquals(hostText("::1"), "ip ::1");
  assertEquals(hostText("2001:DB8::1"), "ip 2001:db8::1");
  assertEquals(hostText("::ffff:169.254.169.254"), "ip ::ffff:169.254.169.254");
  assertEquals(hostText("::"), "ip ::");
  assertEquals(hostText("[::1]"), "ip ::1");
});

Deno.test("hostOf() refuses what only looks like an IPv6 literal", () => {
  for (
    const text of [":", ":::", "::1%lo", "fe80::1%25eth0", "::1:80:", "1:2", "a.test:80", "::g"]
  ) {
    assertEquals(hostOf({ kind: "domain", text }).kind, "bad", text);
  }
});

Deno.test("addressOf() is the way back", () => {
  for (const text of ["a.test", "192.0.2.1", "[::1]"]) {
    const host = parseHost(text);
    assertEquals(host.kind === "bad" ? null : hostOf(addressOf(host)), host);
  }
});
