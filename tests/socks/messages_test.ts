import { assertEquals } from "@std/assert";
import type { SocksAddress } from "../../src/socks/address.ts";
import {
  type BadRequest,
  type Credentials,
  CREDENTIALS_STATUS,
  decodeCredentials,
  decodeCredentialsStatus,
  decodeGreeting,
  decodeMethodSelection,
  decodeReply,
  decodeRequest,
  encodeCredentials,
  encodeCredentialsStatus,
  encodeGreeting,
  encodeMethodSelection,
  encodeReply,
  encodeRequest,
  METHOD,
  type Method,
  REPLY,
  type ReplyCode,
  type SocksRequest,
} from "../../src/socks/messages.ts";
import { ip } from "../support/policy.ts";
import { assertBad, assertDecodes, bytes, printed } from "./wire_format.ts";

/** All bytes but those. */
function bytesBut(...excepted: readonly number[]): number[] {
  return Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !excepted.includes(byte));
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

Deno.test("METHOD, REPLY and CREDENTIALS_STATUS have the numbers of the RFCs", () => {
  assertEquals(METHOD, { none: 0, password: 2, unacceptable: 255 });
  assertEquals(Object.values(REPLY), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assertEquals(CREDENTIALS_STATUS, { accepted: 0, refused: 1 });
});

const ALL_METHODS = Array.from({ length: 255 }, (_, index) => index);

/** RFC 1928 section 3. */
const GREETINGS: readonly (readonly [wire: string, methods: readonly number[]])[] = [
  ["05 01 00", [0]],
  ["05 02 00 01", [0, 1]],
  ["05 03 00 01 02", [0, 1, 2]],
  ["05 01 02", [2]],
  ["05 02 02 00", [2, 0]],
  ["05 00", []],
  ["05 01 05", [5]],
  ["05 03 ff 80 03", [255, 128, 3]],
  [`05 ff ${ALL_METHODS.map(hex).join(" ")}`, ALL_METHODS],
];

for (const [wire, methods] of GREETINGS) {
  Deno.test(`decodeGreeting() reads ${wire.slice(0, 30)}, however it is cut`, () => {
    assertDecodes(decodeGreeting, wire, { methods });
  });
}

Deno.test("decodeGreeting() refuses every other version, at the first byte", () => {
  for (const version of bytesBut(5)) {
    const why = `the greeting has version ${version}, which is not 5`;
    assertBad(decodeGreeting, hex(version), { kind: "bad", why });
  }
});

Deno.test("encodeGreeting() offers methods in their order", () => {
  assertEquals(printed(encodeGreeting([METHOD.none])), "05 01 00");
  assertEquals(printed(encodeGreeting([METHOD.password, METHOD.none])), "05 02 02 00");
});

Deno.test("encodeMethodSelection() and decodeMethodSelection() agree on every method", () => {
  for (const method of Object.values(METHOD)) {
    assertEquals(printed(encodeMethodSelection(method)), `05 ${hex(method)}`);
  }
  for (const method of bytesBut()) {
    assertEquals(printed(encodeMethodSelection(method as Method)), `05 ${hex(method)}`);
    assertDecodes(decodeMethodSelection, `05 ${hex(method)}`, method);
  }
});

Deno.test("decodeMethodSelection() refuses every other version, at the first byte", () => {
  for (const version of bytesBut(5)) {
    const why = `the method selection has version ${version}, which is not 5`;
    assertBad(decodeMethodSelection, hex(version), { kind: "bad", why });
  }
});

const LONG = "x".repeat(255);

/** RFC 1929 section 2. */
const CREDENTIALS: readonly (readonly [wire: string, credentials: Credentials])[] = [
  ['01 04 "user" 06 "secret"', { user: "user", password: "secret" }],
  ['01 04 "user" 00', { user: "user", password: "" }],
  ['01 00 01 "p"', { user: "", password: "p" }],
  ["01 00 00", { user: "", password: "" }],
  ['01 01 "u" 01 "p"', { user: "u", password: "p" }],
  [`01 ff "${LONG}" ff "${LONG}"`, { user: LONG, password: LONG }],
];

for (const [wire, credentials] of CREDENTIALS) {
  Deno.test(`decodeCredentials() reads ${wire.slice(0, 30)}, however it is cut`, () => {
    assertDecodes(decodeCredentials, wire, credentials);
  });

  Deno.test(`encodeCredentials() writes ${wire.slice(0, 30)}`, () => {
    assertEquals(encodeCredentials(credentials), bytes(wire));
  });
}

Deno.test("decodeCredentials() takes a byte for a character, whatever the byte", () => {
  assertDecodes(decodeCredentials, "01 04 00 0d 80 ff 02 c3 a9", {
    user: "\0\r\x80\xff",
    password: "\xc3\xa9",
  });
});

Deno.test("decodeCredentials() refuses every other version, at the first byte", () => {
  for (const version of bytesBut(1)) {
    const why = `the password has version ${version}, which is not 1`;
    assertBad(decodeCredentials, hex(version), { kind: "bad", why });
  }
});

Deno.test("encodeCredentials() writes UTF-8, and counts its bytes", () => {
  const encoded = encodeCredentials({ user: "é", password: "€" });
  assertEquals(encoded, bytes("01 02 c3 a9 03 e2 82 ac"));
});

Deno.test("encodeCredentials() is null for what its lengths cannot say", () => {
  const fits = "é".repeat(127);
  for (const text of [`${fits}a`, fits, "x".repeat(255)]) {
    assertEquals(encodeCredentials({ user: text, password: text }) === null, false);
  }
  for (const text of [`${fits}aa`, `${fits}é`, "x".repeat(256), "x".repeat(512)]) {
    assertEquals(encodeCredentials({ user: text, password: "" }), null);
    assertEquals(encodeCredentials({ user: "", password: text }), null);
  }
});

Deno.test("encodeCredentialsStatus() and decodeCredentialsStatus() agree on every status", () => {
  assertEquals(printed(encodeCredentialsStatus(CREDENTIALS_STATUS.accepted)), "01 00");
  assertEquals(printed(encodeCredentialsStatus(CREDENTIALS_STATUS.refused)), "01 01");
  for (const status of bytesBut()) {
    assertDecodes(decodeCredentialsStatus, `01 ${hex(status)}`, status);
  }
});

Deno.test("decodeCredentialsStatus() refuses every other version, at the first byte", () => {
  for (const version of bytesBut(1)) {
    const why = `the answer to the password has version ${version}, which is not 1`;
    assertBad(decodeCredentialsStatus, hex(version), { kind: "bad", why });
  }
});

function at(text: string): SocksAddress {
  return { kind: "ip", ip: ip(text) };
}

function named(text: string): SocksAddress {
  return { kind: "domain", text };
}

const IPV6 = "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01";

/** RFC 1928 section 4. */
const REQUESTS: readonly (readonly [wire: string, request: SocksRequest])[] = [
  ["05 01 00 01 c0 00 02 01 01 bb", { command: "connect", address: at("192.0.2.1"), port: 443 }],
  [`05 01 00 04 ${IPV6} 00 50`, { command: "connect", address: at("2001:db8::1"), port: 80 }],
  ['05 01 00 03 06 "a.test" 01 bb', { command: "connect", address: named("a.test"), port: 443 }],
  [`05 01 00 03 ff "${LONG}" ff ff`, { command: "connect", address: named(LONG), port: 65535 }],
  ['05 01 00 03 01 "a" 00 00', { command: "connect", address: named("a"), port: 0 }],
  ["05 03 00 01 00 00 00 00 00 00", {
    command: "udp_associate",
    address: at("0.0.0.0"),
    port: 0,
  }],
  ["05 03 00 01 7f 00 00 01 c3 50", {
    command: "udp_associate",
    address: at("127.0.0.1"),
    port: 50_000,
  }],
  // PySocks announces "0" so, meaning that it cannot tell.
  ['05 03 00 03 01 "0" 00 00', { command: "udp_associate", address: named("0"), port: 0 }],
  [`05 03 00 04 ${IPV6} 12 34`, {
    command: "udp_associate",
    address: at("2001:db8::1"),
    port: 0x1234,
  }],
];

for (const [wire, request] of REQUESTS) {
  Deno.test(`decodeRequest() reads ${wire.slice(0, 40)}, however it is cut`, () => {
    assertDecodes(decodeRequest, wire, request);
  });

  Deno.test(`encodeRequest() writes ${wire.slice(0, 40)}`, () => {
    assertEquals(printed(encodeRequest(request)), printed(bytes(wire)));
  });
}

function badRequest(reply: ReplyCode, why: string): BadRequest {
  return { kind: "bad", reply, why };
}

Deno.test("decodeRequest() refuses every other version, at the first byte", () => {
  for (const version of bytesBut(5)) {
    const why = `the request has version ${version}, which is not 5`;
    assertBad(decodeRequest, hex(version), badRequest(0x01, why));
  }
});

Deno.test("decodeRequest() serves no other command, and says so at its byte", () => {
  assertBad(decodeRequest, "05 02", badRequest(0x07, "BIND is not supported"));
  for (const command of bytesBut(1, 2, 3)) {
    const why = `command ${command} is not known`;
    assertBad(decodeRequest, `05 ${hex(command)}`, badRequest(0x07, why));
  }
});

Deno.test("decodeRequest() refuses a reserved byte that is not 0, at that byte", () => {
  for (const reserved of bytesBut(0)) {
    const bad = badRequest(0x01, `the reserved byte is ${reserved}, which is not 0`);
    assertBad(decodeRequest, `05 01 ${hex(reserved)}`, bad);
    assertBad(decodeRequest, `05 03 ${hex(reserved)}`, bad);
  }
});

Deno.test("decodeRequest() refuses an address type that does not exist, at that byte", () => {
  for (const type of bytesBut(1, 3, 4)) {
    const bad = badRequest(0x08, `the address type is ${type}, which is not 1, 3 or 4`);
    assertBad(decodeRequest, `05 01 00 ${hex(type)}`, bad);
    assertBad(decodeRequest, `05 03 00 ${hex(type)}`, bad);
  }
});

Deno.test("decodeRequest() refuses a name of no bytes", () => {
  assertBad(decodeRequest, "05 01 00 03 00", badRequest(0x01, "the host is empty"));
});

Deno.test("encodeReply() writes every code, and 0.0.0.0:0 where nothing is bound", () => {
  for (const code of Object.values(REPLY)) {
    assertEquals(printed(encodeReply(code)), `05 ${hex(code)} 00 01 00 00 00 00 00 00`);
  }
});

Deno.test("encodeReply() writes where it is bound", () => {
  const ipv4 = encodeReply(REPLY.succeeded, { ip: ip("127.0.0.1"), port: 50_000 });
  assertEquals(printed(ipv4), "05 00 00 01 7f 00 00 01 c3 50");
  const ipv6 = encodeReply(REPLY.succeeded, { ip: ip("2001:db8::1"), port: 1 });
  assertEquals(printed(ipv6), `05 00 00 04 ${IPV6} 00 01`);
});

/** RFC 1928 section 6. */
const BOUNDS: readonly (readonly [wire: string, address: SocksAddress, port: number])[] = [
  ["05 00 00 01 00 00 00 00 00 00", at("0.0.0.0"), 0],
  ["05 00 00 01 c0 00 02 01 01 bb", at("192.0.2.1"), 443],
  [`05 00 00 04 ${IPV6} 00 50`, at("2001:db8::1"), 80],
  ['05 00 00 03 06 "a.test" 01 bb', named("a.test"), 443],
];

for (const [wire, address, port] of BOUNDS) {
  Deno.test(`decodeReply() reads ${wire}, however it is cut`, () => {
    assertDecodes(decodeReply, wire, { kind: "succeeded", bound: { address, port } });
  });
}

Deno.test("decodeReply() reads every failure at its code", () => {
  for (const code of bytesBut(0)) {
    assertDecodes(decodeReply, `05 ${hex(code)}`, { kind: "failed", code });
  }
});

Deno.test("decodeReply() refuses what is no reply, at the byte that shows it", () => {
  for (const version of bytesBut(5)) {
    const why = `the reply has version ${version}, which is not 5`;
    assertBad(decodeReply, hex(version), { kind: "bad", why });
  }
  for (const reserved of bytesBut(0)) {
    const why = `the reserved byte is ${reserved}, which is not 0`;
    assertBad(decodeReply, `05 00 ${hex(reserved)}`, { kind: "bad", why });
  }
  for (const type of bytesBut(1, 3, 4)) {
    const why = `the address type is ${type}, which is not 1, 3 or 4`;
    const bad = { kind: "bad", fault: "unknown_type", why } as const;
    assertBad(decodeReply, `05 00 00 ${hex(type)}`, bad);
  }
  const empty = { kind: "bad", fault: "empty_domain", why: "the host is empty" } as const;
  assertBad(decodeReply, "05 00 00 03 00", empty);
});
