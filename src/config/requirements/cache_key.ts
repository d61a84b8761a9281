import { joinPath } from "../file_path.ts";
import { publishNewFile } from "../new_file.ts";
import { readPrivateFile } from "../private_file.ts";
import { escapeControls } from "../toml/printable.ts";
import { signingKey } from "./signature.ts";
import { fromBase64Url, toBase64Url } from "../../net/binary_text.ts";

/** As many bits as the hash has. */
const KEY_BYTES = 32;
/** {@linkcode KEY_BYTES} in base64url, without padding. */
const KEY = /^[A-Za-z0-9_-]{43}$/;
/** The key, and what editors put behind it. */
const FILE_BYTES_MAX = 64;

/** Where the key is: `<home>/proxy/requirements.key`. */
export function cacheKeyFile(home: string, os: typeof Deno.build.os): string {
  return joinPath(os, home, "proxy", "requirements.key");
}

/**
 * The key that kept requirements are signed with, made when there is none. Two processes that make it at once end
 * with the same. Rejects when the file is not fit for a secret; it is never overwritten.
 */
export async function readOrMakeCacheKey(
  home: string,
  os: typeof Deno.build.os,
): Promise<CryptoKey> {
  const known = await readCacheKey(home, os);
  if (known !== null) return known;
  const file = cacheKeyFile(home, os);
  await Deno.mkdir(joinPath(os, home, "proxy"), { recursive: true, mode: 0o700 });
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const text = toBase64Url(bytes);
  try {
    await publishNewFile(file, new TextEncoder().encode(`${text}\n`), 0o600);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  // Read back: another process may have been first.
  const made = await readCacheKey(home, os);
  if (made === null) throw unusable(file, "somebody removed it at once");
  return made;
}

/** The key of this home folder, or null when there is none. Rejects as {@linkcode readOrMakeCacheKey}. */
export async function readCacheKey(
  home: string,
  os: typeof Deno.build.os,
): Promise<CryptoKey | null> {
  const file = cacheKeyFile(home, os);
  const read = await readPrivateFile(file, FILE_BYTES_MAX);
  if (read.kind === "absent") return null;
  if (read.kind === "bad") throw unusable(file, read.why);
  const text = read.text.trimEnd();
  const bytes = KEY.test(text) ? fromBase64Url(text) : null;
  if (bytes === null) throw unusable(file, "it holds no key; remove it, and a new one is made");
  return await signingKey(bytes);
}

function unusable(file: string, why: string): Error {
  return new Error(`Cannot use the key ${escapeControls(file)}: ${why}`);
}
