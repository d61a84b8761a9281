import type { Place } from "./toml/located.ts";

/** Two hundred thousand names of hosts fit; a device file has no end. */
export const CONFIG_BYTES_MAX = 8 * 1024 * 1024;

/** Most files are smaller. */
const FIRST_BYTES = 64 * 1024;

const PIPE = "it is a pipe, and it is read more than once; make it a file";

/** What a path held. */
export type ConfigFile =
  | { readonly kind: "text"; readonly file: string; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "bad"; readonly place: Place; readonly message: string };

/** Reads a file of UTF-8 text. That it is absent is a fault unless it `mayBeAbsent`. */
export async function readConfigFile(file: string, mayBeAbsent: boolean): Promise<ConfigFile> {
  let bytes: Uint8Array;
  try {
    // To open one is to wait for a writer, and every reload after it would wait as well.
    if ((await Deno.stat(file)).isFifo) return bad(file, null, `cannot read this file: ${PIPE}`);
    bytes = await readUpTo(file, CONFIG_BYTES_MAX + 1);
  } catch (error) {
    if (mayBeAbsent && error instanceof Deno.errors.NotFound && !await isLink(file)) {
      return { kind: "absent" };
    }
    return bad(file, null, `cannot read this file: ${whyUnreadable(error)}`);
  }
  if (bytes.length > CONFIG_BYTES_MAX) {
    return bad(file, null, `larger than ${CONFIG_BYTES_MAX} bytes; shorten it`);
  }
  const text = decode(bytes);
  if (text !== null) return { kind: "text", file, text };
  return bad(file, badLine(bytes), "not UTF-8 text; save it as UTF-8");
}

/** The first bytes of a file, at most so many; all of a shorter one. */
export async function readUpTo(
  file: string,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer>> {
  using handle = await Deno.open(file, { read: true });
  let bytes = new Uint8Array(Math.min(FIRST_BYTES, bytesMax));
  let length = 0;
  while (true) {
    const count = await handle.read(bytes.subarray(length));
    if (count === null) break;
    length += count;
    if (length < bytes.length) continue;
    if (length === bytesMax) break;
    const larger = new Uint8Array(Math.min(4 * length, bytesMax));
    larger.set(bytes);
    bytes = larger;
  }
  return bytes.subarray(0, length);
}

/** A link to nothing is a mistake, not the absence of a file. */
async function isLink(file: string): Promise<boolean> {
  return await Deno.lstat(file).then(() => true, () => false);
}

/** Why the system refused, and what to do about it. */
export function whyUnreadable(error: unknown): string {
  const kind = KINDS.find(([kind]) => error instanceof kind);
  if (kind !== undefined) return kind[1];
  return error instanceof Error ? error.message : String(error);
}

const KINDS = [
  [Deno.errors.NotFound, "it does not exist; check the path"],
  [Deno.errors.NotADirectory, "part of its path is not a folder; check the path"],
  [Deno.errors.IsADirectory, "it is a folder; name the file in it"],
  [Deno.errors.PermissionDenied, "permission denied; make it readable for this user"],
  [Deno.errors.NotCapable, "Doorward runs without --allow-read for it; grant that"],
  [Deno.errors.FilesystemLoop, "its links lead in a circle; check the path"],
] as const;

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null; // the one way in which decode() fails
    throw error;
  }
}

/** The first line that is not UTF-8. */
function badLine(bytes: Uint8Array): number {
  let start = 0;
  for (let line = 1;; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1 || decode(bytes.subarray(start, end)) === null) return line;
    start = end + 1;
  }
}

function bad(file: string, line: number | null, message: string): ConfigFile {
  return {
    kind: "bad",
    place: { origin: { file, line, column: null }, rank: 0, flag: null },
    message,
  };
}
