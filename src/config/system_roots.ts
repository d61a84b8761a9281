import { certificatesIn } from "../tls/pem.ts";
import { readPemFile } from "./pem_file.ts";

/** Where the distributions of Linux keep the authorities that they trust; the first that is there counts. */
export const LINUX_ROOT_FILES: readonly string[] = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/ssl/cert.pem",
  "/opt/etc/ssl/certs/ca-certificates.crt",
  "/etc/ssl/certs/cacert.pem",
];

/**
 * The authorities that this system trusts, in PEM. What the environment says of them (`SSL_CERT_FILE`) is not
 * asked here. Where the system keeps none, those of Mozilla that come with the runtime.
 */
export async function systemRoots(
  os: typeof Deno.build.os,
  files: readonly string[] = LINUX_ROOT_FILES,
): Promise<readonly string[]> {
  if (os === "linux") {
    for (const file of files) {
      const read = await readPemFile(file);
      const roots = read.kind === "text" ? certificatesIn(read.text) : [];
      if (roots.length > 0) return roots;
    }
  }
  const { getCACertificates } = await import("node:tls");
  const known = os === "linux" ? [] : certificatesIn(getCACertificates("system").join("\n"));
  return known.length > 0 ? known : certificatesIn(getCACertificates("bundled").join("\n"));
}
