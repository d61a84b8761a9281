// Whom to trust while HTTPS is looked into: the servers beyond, for us; ourselves and all of them, for clients.
import { certificatesIn } from "../tls/pem.ts";
import { ConfigError } from "./errors.ts";
import { joinPath, nameOf } from "./file_path.ts";
import { publishNewFile, whyNotWritten } from "./new_file.ts";
import { readPemFile } from "./pem_file.ts";
import { readGuardedFile } from "./private_file.ts";
import { systemRoots } from "./system_roots.ts";
import { escapeControls } from "./toml/printable.ts";
import { toHex } from "../net/binary_text.ts";

/** Variables by which programs are told of a file with the authorities to trust, in the order they are set. */
export const CA_FILE_VARIABLES = [
  "SSL_CERT_FILE",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  "NODE_EXTRA_CA_CERTS",
  "GIT_SSL_CAINFO",
  "CARGO_HTTP_CAINFO",
  "PIP_CERT",
  "BUNDLE_SSL_CA_CERT",
  "npm_config_cafile",
  "NPM_CONFIG_CAFILE",
  "AWS_CA_BUNDLE",
  "DENO_CERT",
  "NIX_SSL_CERT_FILE",
  "CODEX_CA_CERTIFICATE",
] as const;

/** Folders of files with authorities, as OpenSSL reads them. */
const CA_FOLDERS_VARIABLE = "SSL_CERT_DIR";
/** A system has some hundred, each under two names. */
const FOLDER_FILES_MAX = 1000;

const BUNDLE_NAME = /^ca-bundle-([0-9a-f]{64})\.pem$/;
/** A system's authorities, and a few files of others. */
const BUNDLE_BYTES_MAX = 16 * 1024 * 1024;
const BUNDLE_MODE = 0o644;
const FOLDER_MODE = 0o700;

/** Where authorities are named. */
export interface RootSources {
  /** The variables of this process. */
  readonly env: Readonly<Record<string, string>>;
  readonly os: typeof Deno.build.os;
  /** As in `Config`. */
  readonly upstreamCaFile: string | null;
}

/** The authorities that servers may be certified by. */
export interface UpstreamRoots {
  /** One certificate each, in PEM, none twice. */
  readonly roots: readonly string[];
  /** What of the environment could not be read, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * The authorities that servers may be certified by: those of the system, of the files that the environment
 * names, and of `upstream_ca_file`. Never our own: a server that shows a certificate of ours is no server.
 *
 * @param own the certificate of our authority, in PEM; the first counts
 * @throws {ConfigError} when `upstream_ca_file` cannot be read any more
 */
export async function upstreamRoots(sources: RootSources, own: string): Promise<UpstreamRoots> {
  const warnings: string[] = [];
  const all = [
    ...await systemRoots(sources.os),
    ...await environmentRoots(sources.env, warnings),
    ...await folderRoots(sources),
    ...await fileRoots(sources.upstreamCaFile),
  ];
  const [ours] = certificatesIn(own);
  return { roots: [...new Set(all)].filter((pem) => pem !== ours), warnings };
}

/** A file that clients are told to trust, whether it is there or not. */
export interface TrustBundle {
  readonly path: string;
  readonly text: string;
}

/** What {@linkcode writeTrustBundle} would write, and where. */
export async function trustBundle(
  folder: string,
  roots: readonly string[],
  own: string,
): Promise<TrustBundle> {
  const text = [...new Set([...roots, ...certificatesIn(own)])].join("");
  return { path: joinPath(Deno.build.os, folder, `ca-bundle-${await hashOf(text)}.pem`), text };
}

/**
 * Writes the file that clients are told to trust, and returns its path: `ca-bundle-HASH.pem` in that folder,
 * after what is in it, so that it never changes once it is there.
 *
 * @param own the certificate of our authority, in PEM, and those above it
 * @throws {ConfigError} when it cannot be written
 */
export async function writeTrustBundle(
  folder: string,
  roots: readonly string[],
  own: string,
): Promise<string> {
  const { path, text } = await trustBundle(folder, roots, own);
  try {
    await Deno.mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    if (await isWritten(path, text)) return path;
    await publishNewFile(path, new TextEncoder().encode(text), BUNDLE_MODE);
    return path;
  } catch (error) {
    // Another process was first.
    const isThere = error instanceof Deno.errors.AlreadyExists;
    if (isThere && await isWritten(path, text)) return path;
    throw error instanceof ConfigError ? error : unwritable(path, whyNotWritten(error), error);
  }
}

/** Whether the bundle is there already. Throws when something else is. */
async function isWritten(path: string, text: string): Promise<boolean> {
  const read = await readGuardedFile(path, { bytesMax: BUNDLE_BYTES_MAX, isSecret: false });
  if (read.kind === "absent") return false;
  if (read.kind === "text" && read.text === text) return true;
  const why = read.kind === "bad" ? read.why : "it is not what was written there";
  throw unwritable(path, `${why}; remove it, and it is made anew`);
}

/** Of a shell that was pointed at Doorward the variables name bundles of ours: those are not looked into. */
async function environmentRoots(
  env: RootSources["env"],
  warnings: string[],
): Promise<readonly string[]> {
  const files = new Map<string, string>();
  for (const name of CA_FILE_VARIABLES) {
    const path = env[name]?.trim() ?? "";
    if (path !== "" && !files.has(path)) files.set(path, name);
  }
  const roots: string[] = [];
  for (const [path, name] of files) {
    const read = await readPemFile(path);
    if (read.kind === "bad") {
      warnings.push(
        `the authorities that ${name} names are not trusted: ` +
          escapeControls(`${path}: ${read.why}`),
      );
    } else if (!await isBundle(path, read.text)) {
      roots.push(...certificatesIn(read.text));
    }
  }
  return roots;
}

/** What is in the folders of `SSL_CERT_DIR`. They hold all sorts of files: what cannot be read is none. */
async function folderRoots({ env, os }: RootSources): Promise<readonly string[]> {
  const folders = (env[CA_FOLDERS_VARIABLE] ?? "").split(os === "windows" ? ";" : ":");
  const roots: string[] = [];
  for (const folder of new Set(folders.map((each) => each.trim()))) {
    if (folder === "") continue;
    for (const name of await namesIn(folder)) {
      const path = joinPath(os, folder, name);
      const read = await readPemFile(path);
      if (read.kind === "bad" || await isBundle(path, read.text)) continue;
      roots.push(...certificatesIn(read.text));
    }
  }
  return roots;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
    return names.sort().slice(0, FOLDER_FILES_MAX);
  } catch {
    // OpenSSL, whose variable this is, says nothing of a folder that is not there either.
    return [];
  }
}

async function fileRoots(path: string | null): Promise<readonly string[]> {
  if (path === null) return [];
  const read = await readPemFile(path);
  if (read.kind === "text") return certificatesIn(read.text);
  const origin = { file: path, line: null, column: null };
  throw new ConfigError([{ origin, message: `cannot read this file of authorities: ${read.why}` }]);
}

/** Whether a file is called as the bundles of ours are. */
export function hasBundleName(path: string): boolean {
  return BUNDLE_NAME.test(nameOf(path, Deno.build.os));
}

/** A file of ours has the hash of what is in it in its name: nobody else's has by chance. */
async function isBundle(path: string, text: string): Promise<boolean> {
  const name = BUNDLE_NAME.exec(nameOf(path, Deno.build.os));
  return name !== null && name[1] === await hashOf(text);
}

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return toHex(new Uint8Array(digest));
}

function unwritable(path: string, why: string, cause?: unknown): ConfigError {
  const origin = { file: path, line: null, column: null };
  return new ConfigError([{ origin, message: `cannot write the trust bundle: ${why}` }], { cause });
}
