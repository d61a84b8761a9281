import { assertEquals } from "@std/assert";
import {
  certificateOf,
  certificatesIn,
  isCertificate,
  isPrivateKey,
  readPem,
  writePem,
} from "../../src/tls/pem.ts";

/** A sequence of this many bytes inside. */
function sequence(length: number): Uint8Array<ArrayBuffer> {
  const head = length < 128
    ? [0x30, length]
    : length < 256
    ? [0x30, 0x81, length]
    : [0x30, 0x82, length >> 8, length & 0xff];
  return Uint8Array.from([...head, ...new Uint8Array(length)]);
}

const SMALL = writePem("CERTIFICATE", sequence(3));

Deno.test("writePem() writes lines of 64 characters, which readPem() reads", () => {
  const der = sequence(200);
  const text = writePem("CERTIFICATE", der);
  assertEquals(text.split("\n").slice(0, 2).map((line) => line.length), [27, 64]);
  assertEquals(text.endsWith("\n-----END CERTIFICATE-----\n"), true);
  assertEquals(readPem(text), [{ label: "CERTIFICATE", der }]);
});

Deno.test("readPem() reads blocks between words for people, whatever ends the lines", () => {
  const text = `# roots\n\n${SMALL}Subject: x\n${writePem("PRIVATE KEY", sequence(1))}`;
  for (const end of ["\n", "\r\n", "\r"]) {
    assertEquals(
      readPem(text.replaceAll("\n", end)).map(({ label, der }) => [label, der?.length]),
      [
        ["CERTIFICATE", 5],
        ["PRIVATE KEY", 3],
      ],
    );
  }
});

Deno.test("readPem() tells of what is not base64, and takes no block without its end", () => {
  assertEquals(readPem("-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----"), [
    { label: "CERTIFICATE", der: null },
  ]);
  assertEquals(readPem("-----BEGIN CERTIFICATE-----\nAAAA"), []);
  assertEquals(readPem("-----BEGIN A-----\nAAAA\n-----END B-----\n"), []);
  assertEquals(readPem(`-----BEGIN A-----\nAAAA\n${SMALL}`).map(({ label }) => label), [
    "CERTIFICATE",
  ]);
});

Deno.test("isCertificate() and isPrivateKey() know every label", () => {
  const [certificate, key] = [isCertificate, isPrivateKey].map((is) => (label: string) =>
    is({ label, der: null })
  );
  const certificates = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];
  const keys = ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"];
  assertEquals([...certificates, ...keys].filter(certificate!), certificates);
  assertEquals([...certificates, ...keys].filter(key!), keys);
});

/** Bytes, and whether they are one certificate under the plain label. */
const SHAPES: readonly (readonly [string, Uint8Array<ArrayBuffer>, boolean])[] = [
  ["a short sequence", sequence(127), true],
  ["one with a length byte", sequence(128), true],
  ["one with two", sequence(256), true],
  ["one with something behind it", Uint8Array.from([...sequence(3), 0]), false],
  ["one that is cut off", sequence(300).subarray(0, 300), false],
  ["a cut length", Uint8Array.from([0x30, 0x82, 1]), false],
  ["an endless length", Uint8Array.from([0x30, 0x80, 0, 0]), false],
  ["a length beyond all reason", Uint8Array.from([0x30, 0x84, 0, 0, 0, 1, 0]), false],
  ["something else", Uint8Array.from([0x31, 1, 0]), false],
  ["nothing", new Uint8Array(), false],
];

for (const [name, der, isOne] of SHAPES) {
  Deno.test(`certificateOf() ${isOne ? "takes" : "refuses"} ${name}`, () => {
    assertEquals(certificateOf({ label: "CERTIFICATE", der }) !== null, isOne);
  });
}

Deno.test("certificateOf() leaves out what OpenSSL writes behind a certificate", () => {
  const der = Uint8Array.from([...sequence(3), ...sequence(7)]);
  assertEquals(certificateOf({ label: "TRUSTED CERTIFICATE", der }), SMALL);
});

Deno.test("certificatesIn() keeps each certificate once and nothing else", () => {
  const other = writePem("X509 CERTIFICATE", sequence(4));
  const trusted = writePem("TRUSTED CERTIFICATE", Uint8Array.from([...sequence(3), 0x30, 0]));
  const text = SMALL + writePem("PRIVATE KEY", sequence(3)) + other + trusted + "words" + SMALL +
    writePem("CERTIFICATE", Uint8Array.of(1));
  assertEquals(certificatesIn(text), [SMALL, writePem("CERTIFICATE", sequence(4))]);
});
