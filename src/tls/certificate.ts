import { formatHost, type Host } from "../net/address/host.ts";
import { formatIp, type IpAddress } from "../net/address/ip.ts";
import type { X509 } from "./x509.ts";
import { toHex } from "../net/binary_text.ts";

const DAY_MS = 24 * 3600 * 1000;
/** Clocks differ, and a client whose clock is behind is no attacker. */
const BACKDATED_MS = DAY_MS;
/** Apple trusts an authority that a user adds for 825 days at most. */
const AUTHORITY_MS = 820 * DAY_MS;
/** Short, so that what leaks is soon worth nothing. The day before counts. */
const LEAF_MS = 89 * DAY_MS;
/** With less than this left a new leaf is made. */
const LEAF_LEFT_MS = DAY_MS;

/** X.520: a common name has 64 characters at most. */
const COMMON_NAME_MAX = 64;
const SERIAL_BYTES = 16;
/** RFC 5280 section 4.2.1.12. */
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

/** How a key signs. */
export type Signing =
  | {
    readonly name: "ECDSA";
    readonly namedCurve: "P-256" | "P-384";
    readonly hash: "SHA-256" | "SHA-384";
  }
  | { readonly name: "RSASSA-PKCS1-v1_5"; readonly hash: "SHA-256" };

/** How the keys that we make sign: every client takes it, and it costs little. */
export const OWN_SIGNING = {
  name: "ECDSA",
  namedCurve: "P-256",
  hash: "SHA-256",
} as const satisfies Signing;

/** A certificate as the library has it. */
export type Certificate = InstanceType<X509["X509Certificate"]>;

/** An authority that can sign. */
export interface Signer {
  readonly certificate: Certificate;
  readonly key: CryptoKey;
  readonly signing: Signing;
}

/** Makes a pair of keys. */
export async function makeKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(OWN_SIGNING, true, ["sign", "verify"]);
}

/** Makes the certificate of a new authority, which signs itself. It may sign servers, and no further authority. */
export async function makeAuthorityCertificate(
  lib: X509,
  keys: CryptoKeyPair,
  now: number,
): Promise<Certificate> {
  // The name tells one authority from another in a list of them; it says nothing of the machine.
  const id = toHex(crypto.getRandomValues(new Uint8Array(4)));
  return await lib.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: [`Doorward local authority ${id}`] }],
    ...validity(now - BACKDATED_MS, now + AUTHORITY_MS),
    signingAlgorithm: OWN_SIGNING,
    keys,
    extensions: [
      new lib.BasicConstraintsExtension(true, 0, true),
      new lib.KeyUsagesExtension(lib.KeyUsageFlags.keyCertSign | lib.KeyUsageFlags.cRLSign, true),
      await lib.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
}

/** The certificate of a server, and when the next one is to be made. */
export interface Leaf {
  readonly certificate: Certificate;
  /** In Unix milliseconds. */
  readonly renewAt: number;
}

/** Makes the certificate of a server: for that host alone, and never longer than its authority lasts. */
export async function makeLeaf(
  lib: X509,
  { certificate: authority, key, signing }: Signer,
  host: Host,
  publicKey: CryptoKey,
  now: number,
): Promise<Leaf> {
  const end = authority.notAfter.getTime();
  if (now >= end) throw new Error(`Cannot sign for ${formatHost(host)}: the authority has expired`);
  const notAfter = Math.min(now + LEAF_MS, end);
  const notBefore = Math.max(now - BACKDATED_MS, authority.notBefore.getTime());
  const name = formatHost(host);
  const subject = name.length <= COMMON_NAME_MAX ? [{ CN: [name] }] : [];
  const certificate = await lib.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject,
    issuer: authority.subjectName,
    ...validity(notBefore, notAfter),
    signingAlgorithm: signing,
    publicKey,
    signingKey: key,
    extensions: [
      new lib.BasicConstraintsExtension(false, undefined, true),
      new lib.KeyUsagesExtension(lib.KeyUsageFlags.digitalSignature, true),
      new lib.ExtendedKeyUsageExtension([SERVER_AUTH]),
      // RFC 5280 section 4.2.1.6: critical where the subject is empty.
      new lib.SubjectAlternativeNameExtension([alternativeName(host)], subject.length === 0),
      new lib.AuthorityKeyIdentifierExtension(await keyIdentifier(lib, authority)),
      await lib.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  // An authority that ends before the next day does so with this one.
  return { certificate, renewAt: notAfter === end ? end : notAfter - LEAF_LEFT_MS };
}

/** How the key of a certificate signs; null for kinds that clients do not all take. */
export function signingOf({ publicKey: { algorithm } }: Certificate): Signing | null {
  if (algorithm.name === "RSASSA-PKCS1-v1_5") return { name: algorithm.name, hash: "SHA-256" };
  const curve = "namedCurve" in algorithm ? algorithm.namedCurve : null;
  if (curve === "P-256") return OWN_SIGNING;
  if (curve === "P-384") return { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" };
  return null;
}

/** RFC 5280 section 4.2.1.1: the one that the authority gave itself, for it may have counted differently. */
async function keyIdentifier(lib: X509, authority: Certificate): Promise<string> {
  const own = authority.getExtension(lib.SubjectKeyIdentifierExtension);
  if (own !== null) return own.keyId;
  return (await lib.SubjectKeyIdentifierExtension.create(authority.publicKey)).keyId;
}

function alternativeName(host: Host): { readonly type: "dns" | "ip"; readonly value: string } {
  return host.kind === "name"
    ? { type: "dns", value: host.name }
    : { type: "ip", value: plainAddress(host.ip) };
}

/** All eight groups of an IPv6 address: the library misreads one that ends in a dotted quad. */
function plainAddress(ip: IpAddress): string {
  if (ip.family === 4) return formatIp(ip);
  const hex = ip.bits.toString(16).padStart(32, "0");
  return hex.match(/.{4}/g)!.join(":");
}

function validity(notBefore: number, notAfter: number) {
  return { notBefore: new Date(notBefore), notAfter: new Date(notAfter) };
}

/** RFC 5280 section 4.1.2.2: positive. Always as long, so that it tells nothing. */
function serial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SERIAL_BYTES));
  bytes[0] = bytes[0]! & 0x7f | 0x40;
  return toHex(bytes);
}
