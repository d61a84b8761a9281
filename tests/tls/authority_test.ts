import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import {
  type Authority,
  authorityOf,
  type BadAuthority,
  createAuthority,
  newAuthority,
  readCertificate,
} from "../../src/tls/authority.ts";
import type { AuthorityPem } from "../../src/tls/authority_pem.ts";
import { certificatesIn, writePem } from "../../src/tls/pem.ts";
import { x509 } from "../../src/tls/x509.ts";
import { host } from "../support/host.ts";

const lib = await x509();
const NOW = Date.UTC(2027, 0, 15, 12);
const DAY = 24 * 3600 * 1000;

function opened(authority: Authority | BadAuthority): Authority {
  if ("kind" in authority) throw new Error(authority.why);
  return authority;
}

/** An authority with a certificate that is not as ours are. */
async function oddAuthority(
  extensions: ConstructorParameters<typeof lib.BasicConstraintsExtension>[],
  kind: EcKeyGenParams | RsaHashedKeyGenParams | { name: "Ed25519" } = OWN,
  issuer?: string,
): Promise<AuthorityPem> {
  const keys = await crypto.subtle.generateKey(kind, true, ["sign", "verify"]) as CryptoKeyPair;
  const certificate = await lib.X509CertificateGenerator.create({
    subject: "CN=odd",
    issuer: issuer ?? "CN=odd",
    notBefore: new Date(NOW - DAY),
    notAfter: new Date(NOW + DAY),
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm: { hash: "SHA-256", ...kind },
    extensions: extensions.map((words) => new lib.BasicConstraintsExtension(...words)),
  });
  return {
    certificate: certificate.toString("pem"),
    key: writePem(
      "PRIVATE KEY",
      new Uint8Array(await crypto.subtle.exportKey("pkcs8", keys.privateKey)),
    ),
  };
}

const OWN = { name: "ECDSA", namedCurve: "P-256" } as const;
const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
  hash: "SHA-256",
} as const;

Deno.test("authorityOf() opens what newAuthority() made, again and again", async () => {
  const pem = await newAuthority(NOW);
  const chains: string[] = [];
  for (const _ of [1, 2]) {
    const authority = opened(await authorityOf(pem, () => NOW));
    assertEquals(authority.certificate, pem.certificate);
    chains.push((await authority.identityFor(host("a.test"))).chain);
  }
  assertNotEquals(chains[0], chains[1]);
});

Deno.test("newAuthority() makes another key each time", async () => {
  const [a, b] = [await newAuthority(NOW), await newAuthority(NOW)];
  assertNotEquals(a.key, b.key);
  assert(!a.certificate.includes("PRIVATE"));
});

Deno.test("createAuthority() makes one that signs at once", async () => {
  const authority = await createAuthority(() => NOW);
  const { chain, key } = await authority.identityFor(host("a.test"));
  const leaf = readCertificate(lib, certificatesIn(chain)[0]!)!;
  const issuer = readCertificate(lib, authority.certificate)!;
  const publicKey = await issuer.publicKey.export();
  assertEquals(await leaf.verify({ publicKey, signatureOnly: true }), true);
  assertEquals(key.startsWith("-----BEGIN PRIVATE KEY-----\n"), true);
});

Deno.test("identityFor() keeps what it made until a day before its end", async () => {
  let now = NOW;
  const authority = await createAuthority(() => now);
  const { chain, key } = await authority.identityFor(host("a.test"));
  now += 88 * DAY - 1;
  assertEquals((await authority.identityFor(host("a.test"))).chain, chain);
  now += 1;
  const next = await authority.identityFor(host("a.test"));
  assertNotEquals(next.chain, chain);
  assertEquals(next.key, key);
});

Deno.test("identityFor() sends nothing that clients have already", async () => {
  const authority = await createAuthority(() => NOW);
  assertEquals(certificatesIn((await authority.identityFor(host("a.test"))).chain).length, 1);
});

Deno.test("identityFor() sends what stands between its certificate and the topmost authority", async () => {
  const top = await newAuthority(NOW);
  const pem = await oddAuthority([[true]], OWN, "CN=top");
  const authority = opened(
    await authorityOf({ ...pem, certificate: pem.certificate + "\n" + top.certificate }, () => NOW),
  );
  assertEquals(certificatesIn(authority.certificate), [
    ...certificatesIn(pem.certificate),
    top.certificate,
  ]);
  const { chain } = await authority.identityFor(host("a.test"));
  assertEquals(certificatesIn(chain).slice(1), certificatesIn(pem.certificate));
});

for (const kind of [OWN, { name: "ECDSA", namedCurve: "P-384" } as const, RSA]) {
  Deno.test(`authorityOf() signs with ${JSON.stringify(kind.name)} of somebody else`, async () => {
    const pem = await oddAuthority([[true]], kind);
    const authority = opened(await authorityOf(pem, () => NOW));
    const [leafPem] = certificatesIn((await authority.identityFor(host("a.test"))).chain);
    const leaf = readCertificate(lib, leafPem!)!;
    const issuer = readCertificate(lib, certificatesIn(pem.certificate)[0]!)!;
    const publicKey = await issuer.publicKey.export();
    assertEquals(await leaf.verify({ publicKey, signatureOnly: true }), true);
  });
}

const mine = await newAuthority(NOW);
const another = await newAuthority(NOW);
const server = certificatesIn(
  (await opened(await authorityOf(mine, () => NOW)).identityFor(host("a.test"))).chain,
)[0]!;

/** What makes no authority, and what is said of it. */
const BAD: readonly (readonly [
  string,
  () => AuthorityPem | Promise<AuthorityPem>,
  BadAuthority["of"],
  string,
])[] = [
  ["nothing", () => ({ ...mine, certificate: "" }), "certificate", "it holds no certificate"],
  [
    "a damaged certificate",
    () => ({ ...mine, certificate: mine.certificate.replace("M", "!") }),
    "certificate",
    "a certificate in it is damaged",
  ],
  [
    "bytes that are none",
    () => ({ ...mine, certificate: writePem("CERTIFICATE", Uint8Array.of(0x30, 1, 0)) }),
    "certificate",
    "a certificate in it is damaged",
  ],
  [
    "a key in the file of the certificate",
    () => ({ ...mine, certificate: mine.certificate + mine.key }),
    "certificate",
    "it holds a private key, too: keep that in the file of the key alone",
  ],
  [
    "a server's certificate",
    () => ({ ...mine, certificate: server }),
    "certificate",
    "its certificate is not that of an authority (CA:TRUE)",
  ],
  [
    "a certificate that does not say",
    () => oddAuthority([]),
    "certificate",
    "its certificate is not that of an authority (CA:TRUE)",
  ],
  [
    "an unusual kind of key",
    () => oddAuthority([[true]], { name: "Ed25519" }),
    "certificate",
    "its key is of a kind that not every client takes: use RSA or P-256",
  ],
  ["no key", () => ({ ...mine, key: "" }), "key", "it holds no private key"],
  [
    "two keys",
    () => ({ ...mine, key: mine.key + another.key }),
    "key",
    "it holds more than one private key",
  ],
  [
    "another's key",
    () => ({ ...mine, key: another.key }),
    "key",
    "it is not the key of the certificate",
  ],
  [
    "a key of another kind",
    async () => ({ ...mine, key: (await oddAuthority([[true]], RSA)).key }),
    "key",
    "it is damaged, or not of the same kind as the key of the certificate",
  ],
  [
    "an encrypted key",
    () => ({ ...mine, key: writePem("ENCRYPTED PRIVATE KEY", Uint8Array.of(1)) }),
    "key",
    "it is encrypted: write it without a password (openssl pkcs8 -topk8 -nodes)",
  ],
  [
    "a key in an old form",
    () => ({ ...mine, key: writePem("EC PRIVATE KEY", Uint8Array.of(1)) }),
    "key",
    "it is not in PKCS #8: convert it (openssl pkcs8 -topk8 -nodes)",
  ],
];

for (const [what, pem, of, why] of BAD) {
  Deno.test(`authorityOf() refuses ${what}`, async () => {
    assertEquals(await authorityOf(await pem(), () => NOW), { kind: "bad", of, why });
  });
}

Deno.test("authorityOf() refuses a certificate out of its time, to the second", async () => {
  const at = async (now: number) => {
    const authority = await authorityOf(mine, () => now);
    return "kind" in authority ? authority.why : "opened";
  };
  assertEquals(await at(NOW - DAY - 1), "its certificate is valid from 2027-01-14 on");
  assertEquals(await at(NOW - DAY), "opened");
  assertEquals(await at(NOW + 820 * DAY), "its certificate expired on 2029-04-14");
  assertEquals(await at(NOW + 820 * DAY - 1), "opened");
});

Deno.test("authorityOf() refuses a certificate that may not sign others", async () => {
  const keys = await crypto.subtle.generateKey(OWN, true, ["sign", "verify"]);
  const certificate = await lib.X509CertificateGenerator.createSelfSigned({
    name: "CN=x",
    notBefore: new Date(NOW - DAY),
    notAfter: new Date(NOW + DAY),
    keys,
    signingAlgorithm: { ...OWN, hash: "SHA-256" },
    extensions: [
      new lib.BasicConstraintsExtension(true),
      new lib.KeyUsagesExtension(lib.KeyUsageFlags.digitalSignature, true),
    ],
  });
  const pem = { certificate: certificate.toString("pem"), key: mine.key };
  assertEquals(await authorityOf(pem, () => NOW), {
    kind: "bad",
    of: "certificate",
    why: "its certificate does not let it sign certificates (keyCertSign)",
  });
});

Deno.test("readCertificate() is null for what is none", () => {
  for (const text of [null, "", "words", writePem("CERTIFICATE", Uint8Array.of(0x30, 0))]) {
    assertEquals(readCertificate(lib, text), null);
  }
  assert(readCertificate(lib, mine.certificate));
});

Deno.test("createAuthority() says so when the clock jumps back while it makes one", async () => {
  const times = [NOW, NOW - 30 * DAY];
  const now = () => times.shift() ?? NOW;
  await assertRejects(() => createAuthority(now), Error, "Cannot use a new authority: ");
});
