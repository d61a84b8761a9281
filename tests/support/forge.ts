import { runProgram } from "./programs.ts";
import { makeScratch } from "./scratch.ts";

/** A certificate and its key in PEM. */
export interface Forged {
  readonly cert: string;
  readonly key: string;
}

/** What is in a certificate. */
export interface ForgeOptions {
  /** Who signs it; itself unless said otherwise. */
  readonly by?: Forged;
  /** How long it is good for; less than nothing for one that has expired. */
  readonly days?: number;
  /** The lines of openssl's extension file. */
  readonly extensions: readonly string[];
}

/** The extensions of an authority. */
export const OF_AUTHORITY = ["basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign"] as const;

/** The extensions of a server. */
export function ofServer(...names: readonly string[]): readonly string[] {
  return ["basicConstraints=CA:FALSE", `subjectAltName=${names.join(",")}`];
}

/** Makes a certificate by openssl, whatever anybody may think of it. */
export async function forge({ by, days = 1, extensions }: ForgeOptions): Promise<Forged> {
  await using scratch = await makeScratch();
  const file = (name: string) => `${scratch.folder}/${name}`;
  const run = async (...words: readonly string[]) => {
    const { code, stderr } = await runProgram(["openssl", ...words], scratch);
    if (code !== 0) throw new Error(`Cannot make a certificate: ${stderr}`);
  };
  await run(
    ...["req", "-new", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    // Two authorities of one name would be taken for each other.
    ...["-subj", `/CN=${crypto.randomUUID()}`, "-out", file("it.csr"), "-keyout", file("it.key")],
  );
  const ext = await scratch.write("it.ext", `${extensions.join("\n")}\n`);
  const signer = by === undefined ? ["-signkey", file("it.key")] : [
    ...["-CA", await scratch.write("ca.pem", by.cert)],
    ...["-CAkey", await scratch.write("ca.key", by.key), "-CAcreateserial"],
  ];
  await run(
    ...["x509", "-req", "-in", file("it.csr"), "-days", String(days), "-extfile", ext],
    ...[...signer, "-out", file("it.pem")],
  );
  return {
    cert: await Deno.readTextFile(file("it.pem")),
    key: await Deno.readTextFile(file("it.key")),
  };
}
