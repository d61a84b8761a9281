import { runProgram } from "./programs.ts";
import type { Scratch } from "./scratch.ts";

/** A key and a certificate that it signed for itself. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Where the certificate is, for clients that are to trust it. */
  readonly file: string;
}

/** Makes one for `addresses`, and perhaps names, by openssl, good for a day. */
export async function makeCertificate(
  addresses: readonly string[],
  scratch: Scratch,
  others: readonly string[] = [],
): Promise<Certificate> {
  const [file, keyFile] = [`${scratch.folder}/cert.pem`, `${scratch.folder}/key.pem`];
  // Through a proxy npm checks the certificate of a server without a name for "localhost".
  const names = [
    ...["localhost", ...others].map((name) => `DNS:${name}`),
    ...addresses.map((address) => `IP:${address}`),
  ].join(",");
  const { code, stderr } = await runProgram([
    "openssl",
    ...["req", "-x509", "-nodes", "-days", "1", "-subj", `/CN=${addresses[0]}`],
    ...["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    ...["-addext", `subjectAltName=${names}`, "-out", file, "-keyout", keyFile],
  ], scratch);
  if (code !== 0) throw new Error(`Cannot make a certificate: ${stderr}`);
  return { cert: await Deno.readTextFile(file), key: await Deno.readTextFile(keyFile), file };
}
