// Which files the authority of interception is in. What is in them is read by `authority_pem.ts`.
import { absolutePath, isAbsolute, joinPath } from "./file_path.ts";
import { isPath } from "./path_key.ts";
import type { Findings } from "./toml/findings.ts";
import type { Entry, LocatedTable } from "./toml/located.ts";
import type { JsonSchema } from "./toml/json_schema.ts";
import { quote } from "./toml/printable.ts";
import { key, type Keys, readTable, readText, tableSchema, wrong } from "./toml/value_readers.ts";

/** Where an authority is, as absolute paths. */
export interface AuthorityFiles {
  /** One of Doorward's is made when there is none; one of the user (`mitm_ca`) must be there. */
  readonly owner: "doorward" | "user";
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Where trust bundles are kept: the folder `proxy` of the home folder. */
  readonly bundleFolder: string;
}

interface MitmCa {
  readonly certificate_file: string;
  readonly private_key_file: string;
}

const MITM_CA_KEYS: Keys<MitmCa> = {
  certificate_file: key(readText, "absolute path of the certificate, as PEM"),
  private_key_file: key(readText, "absolute path of its private key, as PEM"),
};
const MITM_CA_DEFAULTS: MitmCa = { certificate_file: "", private_key_file: "" };

/** What `mitm_ca` takes. */
export const MITM_CA_SCHEMA: JsonSchema = {
  description: "An authority of your own that signs, in place of the one that Doorward makes",
  ...tableSchema({ keys: MITM_CA_KEYS }),
  required: Object.keys(MITM_CA_KEYS),
};

/** Those of the table that `mitm` once was, and what they are where nobody wrote them. */
const OLD_KEYS = { ca_cert_path: ["proxy", "ca.pem"], ca_key_path: ["proxy", "ca.key"] } as const;

/**
 * The files of the authority: those of `mitm_ca`, else `ca.pem` and `ca.key` in the folder `proxy` of the home
 * folder, or where the old table `[network.mitm]` puts them. Null when there is no home folder to find them in.
 */
export function readAuthorityFiles(
  table: LocatedTable,
  home: string | null,
  findings: Findings,
): AuthorityFiles | null {
  const own = home === null ? null : ownFiles(table, home, findings);
  const given = table.entries.get("mitm_ca");
  if (given === undefined) return own;
  for (const key of Object.keys(OLD_KEYS)) {
    const old = oldEntry(table, key);
    if (old === undefined) continue;
    findings.fault(old.key, `both "mitm_ca" and "mitm.${key}" are written: remove "mitm.${key}"`);
  }
  const read = givenFiles(given, findings);
  return own === null || read === null ? null : { ...own, ...read };
}

function givenFiles(
  { key, value }: Entry,
  findings: Findings,
): Omit<AuthorityFiles, "bundleFolder"> | null {
  if (value.kind !== "table") {
    wrong(value, "mitm_ca", "a table: write [network.mitm_ca]", findings);
    return null;
  }
  if (Deno.build.os === "windows") {
    findings.fault(key, '"mitm_ca" is not available on Windows: who may read the key is not known');
  }
  const read = readTable(value, {
    where: "[network.mitm_ca]",
    keys: MITM_CA_KEYS,
    defaults: MITM_CA_DEFAULTS,
  }, findings);
  for (const name of Object.keys(MITM_CA_KEYS) as (keyof MitmCa)[]) {
    const written = value.entries.get(name)?.value;
    if (written === undefined) {
      findings.fault(key, `"mitm_ca.${name}" is missing: an authority has a certificate and a key`);
    } else if (written.kind === "scalar" && typeof written.value === "string") {
      if (isPath(written.value) && isAbsolute(written.value, Deno.build.os)) continue;
      const got = quote(written.value);
      findings.fault(written.place, `"mitm_ca.${name}" is ${got}: expected an absolute path`);
    }
  }
  return {
    owner: "user",
    certificateFile: read.certificate_file,
    keyFile: read.private_key_file,
  };
}

function ownFiles(table: LocatedTable, home: string, findings: Findings): AuthorityFiles | null {
  const { os } = Deno.build;
  const pathOf = (key: keyof typeof OLD_KEYS): string | null => {
    const value = oldEntry(table, key)?.value;
    const written = value?.kind === "scalar" && typeof value.value === "string" ? value.value : "";
    if (written === "") return joinPath(os, home, ...OLD_KEYS[key]);
    if (!isPath(written)) {
      findings.fault(value!.place, `"${key}" has a line end or a NUL in it: name a file`);
      return null;
    }
    return absolutePath(written, home, os);
  };
  const certificateFile = pathOf("ca_cert_path");
  const keyFile = pathOf("ca_key_path");
  if (certificateFile === null || keyFile === null) return null;
  const bundleFolder = joinPath(os, home, "proxy");
  return { owner: "doorward", certificateFile, keyFile, bundleFolder };
}

function oldEntry(table: LocatedTable, key: string): Entry | undefined {
  const mitm = table.entries.get("mitm")?.value;
  return mitm?.kind === "table" ? mitm.entries.get(key) : undefined;
}
