// The text form of certificates and keys (RFC 7468), and as much of DER as tells where one ends.
import { fromBase64, toBase64 } from "../net/binary_text.ts";

/** One block: what stands between `-----BEGIN LABEL-----` and its end. */
export interface PemBlock {
  readonly label: string;
  /** Null where that is not base64. */
  readonly der: Uint8Array<ArrayBuffer> | null;
}

const BEGIN = /^-----BEGIN ([A-Z0-9 ]{1,40})-----$/;
const LINE_CHARACTERS = 64;

/** What certificates are called. The third is OpenSSL's: a certificate, and behind it what it is trusted for. */
const CERTIFICATE_LABELS = ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];

const SEQUENCE = 0x30;
/** DER writes lengths from here on in bytes of their own (X.690 section 8.1.3). */
const LONG_FORM = 0x80;
/** 2^24 bytes: no certificate is nearly as long. */
const LENGTH_BYTES_MAX = 3;

/** The blocks of a text. What stands between them is for people, and a block without an end is none. */
export function readPem(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let label: string | null = null;
  let lines: string[] = [];
  for (const raw of text.split(/\r\n|\n|\r/)) {
    const line = raw.trim();
    const begin = BEGIN.exec(line);
    if (begin !== null) {
      label = begin[1]!;
      lines = [];
    } else if (label !== null && line === `-----END ${label}-----`) {
      blocks.push({ label, der: fromBase64(lines.join("")) });
      label = null;
    } else if (label !== null) {
      lines.push(line);
    }
  }
  return blocks;
}

/** Writes a block. */
export function writePem(label: string, der: Uint8Array<ArrayBuffer>): string {
  const base64 = toBase64(der);
  const lines: string[] = [];
  for (let at = 0; at < base64.length; at += LINE_CHARACTERS) {
    lines.push(base64.slice(at, at + LINE_CHARACTERS));
  }
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** Whether a block holds a certificate, or says so. */
export function isCertificate({ label }: PemBlock): boolean {
  return CERTIFICATE_LABELS.includes(label);
}

/** Whether a block holds a private key of any kind. */
export function isPrivateKey({ label }: PemBlock): boolean {
  return label.endsWith("PRIVATE KEY");
}

/** The certificate of a block, each in its plain form; null where there is none to be read. */
export function certificateOf(block: PemBlock): string | null {
  if (!isCertificate(block) || block.der === null) return null;
  const length = elementLength(block.der);
  if (length === null) return null;
  // Only OpenSSL's own blocks may have something behind the certificate.
  if (block.label !== "TRUSTED CERTIFICATE" && length !== block.der.length) return null;
  return writePem("CERTIFICATE", block.der.subarray(0, length));
}

/** The certificates of a text in their plain form, each once. All else is left out: keys, damaged blocks. */
export function certificatesIn(text: string): readonly string[] {
  const certificates = readPem(text).map(certificateOf).filter((pem) => pem !== null);
  return [...new Set(certificates)];
}

/** The length of the sequence at the start, with its head; null where there is none, or not all of it. */
function elementLength(der: Uint8Array): number | null {
  const first = der[1];
  if (der[0] !== SEQUENCE || first === undefined) return null;
  if (first < LONG_FORM) return 2 + first <= der.length ? 2 + first : null;
  const count = first - LONG_FORM;
  if (count === 0 || count > LENGTH_BYTES_MAX || der.length < 2 + count) return null;
  const length = der.subarray(2, 2 + count).reduce((sum, byte) => sum * 256 + byte, 0);
  const end = 2 + count + length;
  return end <= der.length ? end : null;
}
