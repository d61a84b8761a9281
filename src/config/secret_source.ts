// Where a secret comes from. What it is stays in a closure: nothing that is printed holds it.
import { isAbsolute } from "./file_path.ts";
import type { Findings } from "./toml/findings.ts";
import type { Entry, Located, LocatedTable, Place } from "./toml/located.ts";
import type { JsonSchema } from "./toml/json_schema.ts";
import { quote } from "./toml/printable.ts";
import { refuseUnknown, type SchemaByKey, wrong } from "./toml/value_readers.ts";

/** Where a secret comes from, and what is put in front of it. */
export interface SecretSource {
  readonly from: { readonly env: string } | { readonly file: string };
  readonly prefix: string;
  readonly place: Place;
}

/** How the keys of a table are called that names a secret. */
export interface SecretKeys {
  readonly env: string;
  readonly file: string;
  readonly where: string;
}

/** A token of some kilobytes is long; a file above this is another one. */
const SECRET_BYTES_MAX = 64 * 1024;

/** Stricter than RFC 9110 section 5.5: nothing outside ASCII. */
const PRINTABLE_REGEXP = /^[ -~]*$/;

/** What {@linkcode readSecretSource} takes. */
export function secretSchema({ env, file }: SecretKeys, others: SchemaByKey): JsonSchema {
  return {
    type: "object",
    properties: {
      ...others,
      [env]: {
        type: "string",
        pattern: "^[^=]+$",
        description: "the environment variable that the secret is in",
      },
      [file]: { type: "string", description: "absolute path of the file that the secret is in" },
      prefix: {
        type: "string",
        pattern: PRINTABLE_REGEXP.source,
        default: "",
        description: 'what is put in front of the secret, as in "Bearer "',
      },
    },
    oneOf: [{ required: [env] }, { required: [file] }],
    additionalProperties: false,
  };
}

/**
 * Reads a table that names one secret; null when it does not. Never prints what it holds: who mistakes the shape
 * writes the secret itself.
 */
export function readSecretSource(
  table: LocatedTable,
  keys: SecretKeys,
  others: SchemaByKey,
  findings: Findings,
): SecretSource | null {
  const { env, file, where } = keys;
  const known = Object.keys(secretSchema(keys, others).properties!);
  refuseUnknown(table, known, where, findings);
  const variable = table.entries.get(env);
  const path = table.entries.get(file);
  const prefix = readPrefix(table.entries.get("prefix"), findings);
  if (variable !== undefined && path !== undefined) {
    findings.fault(path.key, `both "${env}" and "${file}": a secret comes from one of them`);
    return null;
  }
  const written = variable ?? path;
  if (written === undefined) {
    findings.fault(table.place, `no secret: write ${env} = "NAME", or ${file} = "/absolute/path"`);
    return null;
  }
  const text = textOf(written.value);
  if (text === null || prefix === null) {
    if (text === null) wrong(written.value, variable ? env : file, "text in quotes", findings);
    return null;
  }
  const { place } = written.value;
  if (variable !== undefined) {
    if (/^[^=\0]+$/.test(text)) return { from: { env: text }, prefix, place };
    findings.fault(place, `"${env}" is no name of an environment variable`);
    return null;
  }
  if (!isAbsolute(text, Deno.build.os) || text.includes("\0")) {
    findings.fault(place, `"${file}" is not absolute: write the whole path`);
    return null;
  }
  return { from: { file: text }, prefix, place };
}

/**
 * Reads the secret itself and gives a function for the whole value of the header; null when it cannot be used. Only
 * the name of its source is told.
 *
 * @param env null: for a call that sends nothing, secrets are left where they are
 */
export async function fetchSecret(
  { from, prefix, place }: SecretSource,
  env: Readonly<Record<string, string>> | null,
  findings: Findings,
): Promise<(() => string) | null> {
  if (env === null) {
    return () => {
      throw new Error("Cannot put in a secret: none was read");
    };
  }
  const name = "env" in from ? `environment variable ${quote(from.env)}` : quote(from.file);
  const read = "env" in from
    ? fromEnvironment(env, from.env)
    : await fromFile(from.file).catch(whyUnread);
  const why = "secret" in read ? whyNotValue(read.secret) : read.why;
  if (why !== null || !("secret" in read)) {
    findings.fault(place, `cannot use the secret of ${name}: ${why}`);
    return null;
  }
  const value = prefix + read.secret;
  return () => value;
}

type Read = { readonly secret: string } | { readonly why: string };

function fromEnvironment(env: Readonly<Record<string, string>>, name: string): Read {
  const secret = Object.hasOwn(env, name) ? env[name] : undefined;
  return secret === undefined ? { why: "it is not set" } : { secret };
}

async function fromFile(path: string): Promise<Read> {
  // A pipe, or a device, would hold up everything else.
  const { isFile, size } = await Deno.stat(path);
  if (!isFile) return { why: "it is not a file" };
  if (size > SECRET_BYTES_MAX) return { why: `it has over ${SECRET_BYTES_MAX} bytes` };
  return { secret: (await Deno.readTextFile(path)).trim() };
}

function whyUnread(error: unknown): Read {
  if (error instanceof Deno.errors.NotFound) return { why: "there is no such file" };
  if (error instanceof Deno.errors.PermissionDenied) return { why: "it may not be read" };
  return { why: error instanceof Error ? error.message : String(error) };
}

/** What no field value may hold (RFC 9110 section 5.5). Stricter: nothing outside ASCII. */
function whyNotValue(value: string): string | null {
  if (value.trim() === "") return "it is empty";
  if (/\p{Cc}/u.test(value)) return "it has a line end, or another control character";
  return /[^ -~]/.test(value) ? "it has characters outside ASCII" : null;
}

function readPrefix(entry: Entry | undefined, findings: Findings): string | null {
  if (entry === undefined) return "";
  const text = textOf(entry.value);
  if (text !== null && PRINTABLE_REGEXP.test(text)) return text;
  findings.fault(entry.value.place, '"prefix" is not text that a header can hold');
  return null;
}

function textOf(value: Located): string | null {
  return value.kind === "scalar" && typeof value.value === "string" ? value.value : null;
}
