import { runProgram } from "./programs.ts";
import type { Scratch } from "./scratch.ts";

/** A certificate authority of a test's own, and one server certificate that it signed. */
export interface Authority {
  /** The authority's certificate in PEM, for whoever is to trust it. */
  readonly ca: string;
  /** Where that is. */
  readonly caFile: string;
  /** The server's certificate and key in PEM. */
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/**
 * Makes both by openssl, good for a day. The server's certificate is for these names: `DNS:localhost`,
 * `IP:127.0.0.1`. A certificate that signs itself would not do, for TLS in Rust takes no authority for a server.
 */
export async function makeAuthority(
  names: readonly string[],
  scratch: Scratch,
): Promise<Authority> {
  const file = (name: string) => `${scratch.folder}/${name}`;
  const newKey = ["-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  await scratch.write(
    "server.ext",
    `basicConstraints=CA:FALSE\nsubjectAltName=${names.join(",")}\n`,
  );
  const caWords = ["-x509", ...newKey, "-days", "1", "-subj", "/CN=test authority"];
  await openssl(["req", ...caWords, "-out", file("ca.pem"), "-keyout", file("ca.key")], scratch);
  const serverWords = [...newKey, "-subj", "/CN=test server"];
  await openssl(
    ["req", ...serverWords, "-out", file("server.csr"), "-keyout", file("server.key")],
    scratch,
  );
  await openssl([
    ...["x509", "-req", "-in", file("server.csr"), "-days", "1", "-extfile", file("server.ext")],
    ...["-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial"],
    ...["-out", file("server.pem")],
  ], scratch);
  return {
    ca: await Deno.readTextFile(file("ca.pem")),
    caFile: file("ca.pem"),
    cert: await Deno.readTextFile(file("server.pem")),
    key: await Deno.readTextFile(file("server.key")),
    certFile: file("server.pem"),
    keyFile: file("server.key"),
  };
}

async function openssl(words: readonly string[], scratch: Scratch): Promise<void> {
  const { code, stderr } = await runProgram(["openssl", ...words], scratch);
  if (code !== 0) throw new Error(`Cannot make a certificate: ${stderr}`);
}
