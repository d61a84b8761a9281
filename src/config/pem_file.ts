import { readUpTo, whyUnreadable } from "./config_file.ts";

/** The authorities of a whole system are a quarter of that. */
const PEM_BYTES_MAX = 1024 * 1024;

/** What a path held; `why` is a clause about the file. */
export type PemFile =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "bad"; readonly why: string };

/** Reads a file of certificates that somebody else keeps: it may be a link. */
export async function readPemFile(path: string): Promise<PemFile> {
  try {
    // Before it is opened: a pipe has no end, and waits for a writer.
    if (!(await Deno.stat(path)).isFile) return { kind: "bad", why: "it is not a file" };
    const bytes = await readUpTo(path, PEM_BYTES_MAX + 1);
    if (bytes.length > PEM_BYTES_MAX) {
      return { kind: "bad", why: `it is larger than ${PEM_BYTES_MAX} bytes` };
    }
    return { kind: "text", text: new TextDecoder().decode(bytes) };
  } catch (error) {
    return { kind: "bad", why: whyUnreadable(error) };
  }
}
