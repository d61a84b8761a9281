import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import type { Host } from "../../src/net/address/host.ts";
import {
  type Certificate,
  makeAuthorityCertificate,
  makeKeys,
  makeLeaf,
  OWN_SIGNING,
  type Signer,
  signingOf,
} from "../../src/tls/certificate.ts";
import { x509 } from "../../src/tls/x509.ts";
import { host } from "../support/host.ts";

const lib = await x509();
const DAY = 24 * 3600 * 1000;
/** A whole second: certificates know no parts of one. */
const NOW = Date.UTC(2027, 0, 15, 12);

async function signer(now = NOW): Promise<Signer> {
  const keys = await makeKeys();
  const certificate = await makeAuthorityCertificate(lib, keys, now);
  return { certificate, key: keys.privateKey, signing: OWN_SIGNING };
}

async function leaf(of: Signer, name: string | Host, now = NOW) {
  const { publicKey } = await makeKeys();
  return await makeLeaf(lib, of, typeof name === "string" ? host(name) : name, publicKey, now);
}

function days({ notBefore, notAfter }: Certificate): number {
  return (notAfter.getTime() - notBefore.getTime()) / DAY;
}

function criticalOnes({ extensions }: Certificate): string[] {
  return [...extensions].filter(({ critical }) => critical).map(({ type }) => type).sort();
}

const [BASIC_CONSTRAINTS, KEY_USAGE, ALTERNATIVE_NAME] = ["2.5.29.19", "2.5.29.15", "2.5.29.17"];

Deno.test("makeAuthorityCertificate() makes an authority that signs itself, servers, and no other", async () => {
  const { certificate } = await signer();
  assertEquals(certificate.subject, certificate.issuer);
  assert(/^CN=Doorward local authority [0-9a-f]{8}$/.test(certificate.subject));
  assertEquals(await certificate.verify({ signatureOnly: true }), true);
  assertEquals(certificate.getExtension(lib.BasicConstraintsExtension)?.ca, true);
  assertEquals(certificate.getExtension(lib.BasicConstraintsExtension)?.pathLength, 0);
  const { keyCertSign, cRLSign } = lib.KeyUsageFlags;
  assertEquals(certificate.getExtension(lib.KeyUsagesExtension)?.usages, keyCertSign | cRLSign);
  assertEquals(criticalOnes(certificate), [KEY_USAGE, BASIC_CONSTRAINTS]);
  assert(certificate.getExtension(lib.SubjectKeyIdentifierExtension));
});

Deno.test("makeAuthorityCertificate() is good from the day before, for years that Apple takes", async () => {
  const { certificate } = await signer();
  assertEquals(certificate.notBefore.getTime(), NOW - DAY);
  assertEquals(days(certificate), 821);
});

Deno.test("makeAuthorityCertificate() makes another each time", async () => {
  const [a, b] = [(await signer()).certificate, (await signer()).certificate];
  assertNotEquals(a.subject, b.subject);
  assertNotEquals(a.serialNumber, b.serialNumber);
});

Deno.test("makeLeaf() makes the certificate of a server, signed by the authority", async () => {
  const authority = await signer();
  const { certificate } = await leaf(authority, "api.example.com");
  const publicKey = await authority.certificate.publicKey.export();
  assertEquals(await certificate.verify({ publicKey, signatureOnly: true }), true);
  assertEquals(certificate.issuer, authority.certificate.subject);
  assertEquals(certificate.subject, "CN=api.example.com");
  assertEquals(certificate.getExtension(lib.BasicConstraintsExtension)?.ca, false);
  const { digitalSignature } = lib.KeyUsageFlags;
  assertEquals(certificate.getExtension(lib.KeyUsagesExtension)?.usages, digitalSignature);
  assertEquals([...certificate.getExtension(lib.ExtendedKeyUsageExtension)!.usages], [
    "1.3.6.1.5.5.7.3.1",
  ]);
  assertEquals(criticalOnes(certificate), [KEY_USAGE, BASIC_CONSTRAINTS]);
  assertEquals(
    certificate.getExtension(lib.AuthorityKeyIdentifierExtension)?.keyId,
    authority.certificate.getExtension(lib.SubjectKeyIdentifierExtension)?.keyId,
  );
  assert(certificate.getExtension(lib.SubjectKeyIdentifierExtension));
});

/** Hosts, and the one name that their certificate is for. */
const NAMES: readonly (readonly [string, string, string])[] = [
  ["api.example.com", "dns", "api.example.com"],
  ["under_score.test", "dns", "under_score.test"],
  ["xn--bcher-kva.example", "dns", "xn--bcher-kva.example"],
  ["192.0.2.7", "ip", "192.0.2.7"],
  ["[2001:db8::1]", "ip", "2001:DB8::1"],
  ["[::ffff:1.2.3.4]", "ip", "::FFFF:102:304"],
];

for (const [name, type, value] of NAMES) {
  Deno.test(`makeLeaf() certifies ${name} and nothing else`, async () => {
    const { certificate } = await leaf(await signer(), name);
    const names = certificate.getExtension(lib.SubjectAlternativeNameExtension)!.names.items;
    assertEquals(names.map((each) => [each.type, each.value.toUpperCase()]), [
      [type, value.toUpperCase()],
    ]);
  });
}

Deno.test("makeLeaf() names the key of its authority as that names it itself", async () => {
  const keys = await makeKeys();
  const certificate = await lib.X509CertificateGenerator.createSelfSigned({
    name: "CN=x",
    notBefore: new Date(NOW - DAY),
    notAfter: new Date(NOW + DAY),
    keys,
    signingAlgorithm: OWN_SIGNING,
    extensions: [new lib.SubjectKeyIdentifierExtension("00112233")],
  });
  const made = await leaf({ certificate, key: keys.privateKey, signing: OWN_SIGNING }, "a.test");
  const named = made.certificate.getExtension(lib.AuthorityKeyIdentifierExtension);
  assertEquals(named?.keyId, "00112233");
});

Deno.test("makeLeaf() has no subject where a name is too long for one, and a critical name then", async () => {
  const authority = await signer();
  const { certificate: short } = await leaf(authority, `${"a".repeat(57)}.x.test`);
  const { certificate: long } = await leaf(authority, `${"a".repeat(58)}.x.test`);
  assertEquals([short.subject.length, long.subject], [3 + 64, ""]);
  assertEquals(criticalOnes(short).includes(ALTERNATIVE_NAME), false);
  assertEquals(criticalOnes(long).includes(ALTERNATIVE_NAME), true);
});

Deno.test("makeLeaf() is good for ninety days at most, from the day before", async () => {
  const authority = await signer(NOW - 10 * DAY);
  const { certificate, renewAt } = await leaf(authority, "a.test");
  assertEquals(certificate.notBefore.getTime(), NOW - DAY);
  assertEquals(days(certificate), 90);
  assertEquals(renewAt, NOW + 88 * DAY);
});

Deno.test("makeLeaf() is never good before or after its authority", async () => {
  const authority = await signer();
  const end = authority.certificate.notAfter.getTime();
  const { certificate: early } = await leaf(authority, "a.test", NOW - DAY / 2);
  assertEquals(early.notBefore, authority.certificate.notBefore);
  const late = await leaf(authority, "a.test", end - DAY / 2);
  assertEquals(late.certificate.notAfter.getTime(), end);
  // It would be made for every request otherwise.
  assertEquals(late.renewAt, end);
  await assertRejects(() => leaf(authority, "a.test", end), Error, "the authority has expired");
});

Deno.test("makeLeaf() numbers its certificates at random, in 128 bits and positive", async () => {
  const authority = await signer();
  const serials = new Set<string>();
  for (let n = 0; n < 20; n++) {
    const { serialNumber } = (await leaf(authority, "a.test")).certificate;
    assert(/^[4-7][0-9a-f]{31}$/.test(serialNumber), serialNumber);
    serials.add(serialNumber);
  }
  assertEquals(serials.size, 20);
});

Deno.test("signingOf() knows the keys that every client takes", async () => {
  const kinds = [
    { name: "ECDSA", namedCurve: "P-256" },
    { name: "ECDSA", namedCurve: "P-384" },
    {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength: 2048,
      publicExponent: Uint8Array.of(1, 0, 1),
      hash: "SHA-256",
    },
    { name: "Ed25519" },
  ];
  const found: (string | undefined)[] = [];
  for (const kind of kinds) {
    const keys = await crypto.subtle.generateKey(kind, true, ["sign", "verify"]) as CryptoKeyPair;
    const certificate = await lib.X509CertificateGenerator.createSelfSigned({
      name: "CN=x",
      keys,
      signingAlgorithm: { ...kind, hash: "SHA-256" },
    });
    found.push(signingOf(certificate)?.hash);
  }
  assertEquals(found, ["SHA-256", "SHA-384", "SHA-256", undefined]);
});
