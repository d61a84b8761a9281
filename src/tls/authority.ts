// The certificate authority of interception: makes one, and signs servers with it. It reads no files, serves
// nobody, and decides nothing about which hosts are looked into.
import type { Host } from "../net/address/host.ts";
import type { TlsIdentity } from "../net/tls_identity.ts";
import {
  type Certificate,
  makeAuthorityCertificate,
  makeKeys,
  makeLeaf,
  type Signer,
  type Signing,
  signingOf,
} from "./certificate.ts";
import { IdentityCache, type Minted } from "./identity_cache.ts";
import { certificateOf, isCertificate, isPrivateKey, readPem, writePem } from "./pem.ts";
import type { AuthorityPem } from "./authority_pem.ts";
import { type X509, x509 } from "./x509.ts";

/** A certificate authority that signs servers. */
export interface Authority {
  /** Its certificate in PEM, and those above it, if there are any: what clients are to trust. */
  readonly certificate: string;
  /** What it was opened from, for another isolate of this process. A function: whatever prints this prints no key. */
  readonly kept: () => AuthorityPem;
  /**
   * What to show a client that asks for this host: a certificate for it alone.
   *
   * @param full told when that of another host has to make way
   */
  identityFor(host: Host, full?: () => void): Promise<TlsIdentity>;
}

/** Text that makes no authority. `why` is a short clause about the certificate, or about the key. */
export interface BadAuthority {
  readonly kind: "bad";
  readonly of: "certificate" | "key";
  readonly why: string;
}

/** Makes the certificate and the key of a new authority, good from now (Unix milliseconds). */
export async function newAuthority(now: number): Promise<AuthorityPem> {
  const lib = await x509();
  const keys = await makeKeys();
  const certificate = await makeAuthorityCertificate(lib, keys, now);
  return { certificate: pemOf(certificate), key: await keyPem(keys.privateKey) };
}

/** Makes a new authority that nobody keeps. */
export async function createAuthority(now: () => number): Promise<Authority> {
  const made = await authorityOf(await newAuthority(now()), now);
  if ("kind" in made) throw new Error(`Cannot use a new authority: ${made.why}`);
  return made;
}

/**
 * Opens an authority that was kept.
 *
 * @param hostsMax certificates that it keeps
 */
export async function authorityOf(
  { certificate: certificateText, key: keyText }: AuthorityPem,
  now: () => number,
  hostsMax?: number,
): Promise<Authority | BadAuthority> {
  const lib = await x509();
  const read = readCertificates(lib, certificateText);
  if ("kind" in read) return read;
  const [certificate, ...above] = read;
  const unfit = whyUnfit(lib, certificate, now());
  if (unfit !== null) return { kind: "bad", of: "certificate", why: unfit };
  const signing = signingOf(certificate);
  if (signing === null) {
    return bad("certificate", "its key is of a kind that not every client takes: use RSA or P-256");
  }
  const key = await readKey(keyText, signing);
  if ("kind" in key) return key;
  if (!await belongTogether(key, certificate, signing)) {
    return bad("key", "it is not the key of the certificate");
  }
  const kept = { certificate: certificateText, key: keyText };
  return await signingAuthority(lib, { certificate, key, signing }, above, { now, hostsMax, kept });
}

async function signingAuthority(
  lib: X509,
  signer: Signer,
  above: readonly Certificate[],
  { now, hostsMax, kept }: {
    readonly now: () => number;
    readonly hostsMax: number | undefined;
    readonly kept: AuthorityPem;
  },
): Promise<Authority> {
  const all = [signer.certificate, ...above];
  // RFC 8446 section 4.4.2: what signs itself may be left out, for whoever trusts it has it.
  const sent = all.filter((each) => each.subject !== each.issuer).map(pemOf).join("");
  // One for all servers: whoever can read it could read the authority's key, too.
  const keys = await makeKeys();
  const key = await keyPem(keys.privateKey);
  const mint = async (host: Host): Promise<Minted> => {
    const { certificate, renewAt } = await makeLeaf(lib, signer, host, keys.publicKey, now());
    return { identity: { chain: pemOf(certificate) + sent, key }, renewAt };
  };
  const cache = new IdentityCache(mint, now, hostsMax);
  return {
    certificate: all.map(pemOf).join(""),
    kept: () => kept,
    identityFor: (host, full) => cache.identityFor(host, full),
  };
}

function readCertificates(
  lib: X509,
  text: string,
): readonly [Certificate, ...Certificate[]] | BadAuthority {
  const blocks = readPem(text);
  if (blocks.some(isPrivateKey)) {
    return bad(
      "certificate",
      "it holds a private key, too: keep that in the file of the key alone",
    );
  }
  const certificates: Certificate[] = [];
  for (const block of blocks.filter(isCertificate)) {
    const certificate = readCertificate(lib, certificateOf(block));
    if (certificate === null) return bad("certificate", "a certificate in it is damaged");
    certificates.push(certificate);
  }
  const [first, ...rest] = certificates;
  return first === undefined ? bad("certificate", "it holds no certificate") : [first, ...rest];
}

/** Reads one in PEM; null where it is none. */
export function readCertificate(lib: X509, pem: string | null): Certificate | null {
  if (pem === null) return null;
  try {
    const certificate = new lib.X509Certificate(pem);
    // Read on demand: what is damaged shows here.
    void [certificate.extensions, certificate.publicKey.algorithm, certificate.subject];
    return Number.isNaN(certificate.notAfter.getTime()) ? null : certificate;
  } catch {
    // Whatever the library says of bytes that are no certificate: that they are none is all there is to know.
    return null;
  }
}

/** Why a certificate is not that of an authority which can sign now, or null. */
function whyUnfit(lib: X509, certificate: Certificate, now: number): string | null {
  if (certificate.getExtension(lib.BasicConstraintsExtension)?.ca !== true) {
    return "its certificate is not that of an authority (CA:TRUE)";
  }
  const usage = certificate.getExtension(lib.KeyUsagesExtension);
  if (usage !== null && (usage.usages & lib.KeyUsageFlags.keyCertSign) === 0) {
    return "its certificate does not let it sign certificates (keyCertSign)";
  }
  const { notBefore, notAfter } = certificate;
  if (now >= notAfter.getTime()) return `its certificate expired on ${day(notAfter)}`;
  if (now < notBefore.getTime()) return `its certificate is valid from ${day(notBefore)} on`;
  return null;
}

/** Reads a private key as RFC 5958 has it, the form that WebCrypto reads. */
async function readKey(text: string, signing: Signing): Promise<CryptoKey | BadAuthority> {
  const keys = readPem(text).filter(isPrivateKey);
  const [block] = keys;
  if (block === undefined) return bad("key", "it holds no private key");
  if (keys.length > 1) return bad("key", "it holds more than one private key");
  if (block.label === "ENCRYPTED PRIVATE KEY") {
    return bad("key", "it is encrypted: write it without a password (openssl pkcs8 -topk8 -nodes)");
  }
  if (block.label !== "PRIVATE KEY") {
    return bad("key", "it is not in PKCS #8: convert it (openssl pkcs8 -topk8 -nodes)");
  }
  try {
    return await crypto.subtle.importKey("pkcs8", block.der ?? new Uint8Array(), signing, false, [
      "sign",
    ]);
  } catch {
    // It says no more than that.
    return bad("key", "it is damaged, or not of the same kind as the key of the certificate");
  }
}

async function belongTogether(
  key: CryptoKey,
  certificate: Certificate,
  signing: Signing,
): Promise<boolean> {
  const challenge = crypto.getRandomValues(new Uint8Array(32));
  const signature = await crypto.subtle.sign(signing, key, challenge);
  const publicKey = await certificate.publicKey.export(signing, ["verify"]);
  return await crypto.subtle.verify(signing, publicKey, signature, challenge);
}

function pemOf(certificate: Certificate): string {
  return writePem("CERTIFICATE", new Uint8Array(certificate.rawData));
}

async function keyPem(key: CryptoKey): Promise<string> {
  return writePem("PRIVATE KEY", new Uint8Array(await crypto.subtle.exportKey("pkcs8", key)));
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function bad(of: BadAuthority["of"], why: string): BadAuthority {
  return { kind: "bad", of, why };
}
