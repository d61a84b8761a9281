import { readCertificate } from "./authority.ts";
import { certificateOf, certificatesIn, isCertificate, isPrivateKey, readPem } from "./pem.ts";
import { x509 } from "./x509.ts";
import { toHex } from "../net/binary_text.ts";

/** What a person compares a certificate by. */
export interface CertificateFacts {
  readonly subject: string;
  /** SHA-256 of the certificate, as openssl and browsers write it. */
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly notBefore: string;
  readonly notAfter: string;
}

/** Reads the first certificate of a text; null where there is none. */
export async function certificateFacts(text: string): Promise<CertificateFacts | null> {
  const lib = await x509();
  const certificate = readCertificate(lib, certificatesIn(text)[0] ?? null);
  if (certificate === null) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", certificate.rawData));
  return {
    subject: certificate.subject,
    fingerprint: toHex(digest).toUpperCase().match(/../g)!.join(":"),
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
  };
}

/**
 * Why a text is no list of authorities that servers may be certified by, or null. TLS would skip in silence
 * what it cannot read.
 */
export async function whyNoRoots(text: string): Promise<string | null> {
  const blocks = readPem(text);
  if (blocks.some(isPrivateKey)) return "it holds a private key: a list of authorities has none";
  const written = blocks.filter(isCertificate);
  if (written.length === 0) return "it holds no certificate (-----BEGIN CERTIFICATE-----)";
  const lib = await x509();
  for (const [index, block] of written.entries()) {
    const certificate = readCertificate(lib, certificateOf(block));
    if (certificate === null) return `certificate ${index + 1} in it is damaged`;
    // The oldest authorities say nothing of it.
    if (certificate.getExtension(lib.BasicConstraintsExtension)?.ca === false) {
      return `certificate ${index + 1} in it is a server's, not an authority's`;
    }
  }
  return null;
}
