import { joinPath } from "../file_path.ts";
import { readPrivateFile } from "../private_file.ts";
import { readCacheKey, readOrMakeCacheKey } from "./cache_key.ts";
import { lastSeenFile, readLastSeen, writeLastSeen } from "./last_seen.ts";
import { replacePrivateFile } from "./replace_file.ts";
import { isSigned, sign } from "./signature.ts";

/** A document that was fetched, and was without fault. */
export interface KeptDocument {
  readonly text: string;
  readonly etag: string | null;
  /** Unix milliseconds: when the server last vouched for it. */
  readonly fetchedAt: number;
}

/** What was kept of a URL. */
export type Kept =
  | { readonly kind: "document"; readonly document: KeptDocument }
  | { readonly kind: "absent" }
  /** It is not used, whatever it holds. */
  | { readonly kind: "refused"; readonly why: string };

/** What outlasts a process of the requirements of a URL. */
export interface RequirementsCache {
  read(url: URL): Promise<Kept>;
  /** Rejects when it cannot be kept. */
  write(url: URL, document: KeptDocument): Promise<void>;
}

/** Of what the file says. */
const VERSION = 1;
/** A document of a megabyte, and what JSON makes of it. What is longer is not kept. */
const FILE_BYTES_MAX = 2 * 1024 * 1024;

/** Where it is: `<home>/requirements-cache.json`. */
export function cacheFile(home: string, os: typeof Deno.build.os): string {
  return joinPath(os, home, "requirements-cache.json");
}

/**
 * Keeps the last requirements in the home folder, signed with a key that is there, too. So it is told when a program
 * that cannot read the key changes them, or puts back older ones; the owner of the folder can do as they like.
 */
export function requirementsCache(home: string, os: typeof Deno.build.os): RequirementsCache {
  const file = cacheFile(home, os);
  const seenFile = lastSeenFile(home, os);
  return {
    async read(url) {
      const read = await readPrivateFile(file, FILE_BYTES_MAX);
      if (read.kind === "absent") return read;
      if (read.kind === "bad") return refused(read.why);
      const written = parse(read.text);
      if (written === null) return refused("it is not what Doorward writes");
      const key = await readCacheKey(home, os);
      if (key === null) return refused("the key that it was signed with is gone");
      if (!await isSigned(key, signedText(written), written.signature)) {
        return refused("somebody changed it: its signature does not fit");
      }
      if (written.url !== url.href) return refused("it is of another URL");
      const seen = await readLastSeen(seenFile, key);
      if (seen === null || written.fetchedAt < seen) {
        return refused("it is older than the last one that was kept: somebody put it back");
      }
      const { text, etag, fetchedAt } = written;
      return { kind: "document", document: { text, etag, fetchedAt } };
    },
    async write(url, document) {
      const key = await readOrMakeCacheKey(home, os);
      const unsigned = { ...document, url: url.href };
      const json = JSON.stringify({
        version: VERSION,
        url: unsigned.url,
        etag: unsigned.etag,
        fetched_at: unsigned.fetchedAt,
        text: unsigned.text,
        signature: await sign(key, signedText(unsigned)),
      });
      if (new TextEncoder().encode(json).length > FILE_BYTES_MAX) {
        throw new Error(`Cannot keep requirements: they take more than ${FILE_BYTES_MAX} bytes`);
      }
      await replacePrivateFile(file, json);
      // Last: whoever stops between the two has a file that is newer than what was seen, and not older.
      await writeLastSeen(seenFile, key, document.fetchedAt);
    },
  };
}

interface Written extends KeptDocument {
  readonly url: string;
  readonly signature: string;
}

/** Every field, in one order; JSON keeps each apart from the next. */
function signedText({ url, etag, fetchedAt, text }: Omit<Written, "signature">): string {
  return JSON.stringify([VERSION, url, etag, fetchedAt, text]);
}

function parse(json: string): Written | null {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null; // The only error there is: it is not JSON.
  }
  if (typeof value !== "object" || value === null) return null;
  const { version, url, etag, fetched_at: fetchedAt, text, signature }: Record<string, unknown> = {
    ...value,
  };
  const isWhole = version === VERSION && typeof url === "string" && typeof text === "string" &&
    (etag === null || typeof etag === "string") && typeof signature === "string" &&
    typeof fetchedAt === "number" && Number.isSafeInteger(fetchedAt);
  return isWhole ? { url, etag, fetchedAt, text, signature } : null;
}

function refused(why: string): Kept {
  return { kind: "refused", why };
}
