// Files that nobody else may have touched: used only if nobody else could have read or written them.

/** What a path held. */
export type PrivateFile =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "bad"; readonly why: string };

/** What a file must be to be used. */
export interface FileRules {
  readonly bytesMax: number;
  /** Whether others may read it; write it nobody may but its owner. */
  readonly isSecret: boolean;
}

/** What a path held; `lasts` says that trying again does not help. */
export type GuardedFile =
  | Exclude<PrivateFile, { readonly kind: "bad" }>
  | { readonly kind: "bad"; readonly why: string; readonly lasts: boolean };

/** The permission bits of everybody but the owner. */
const OTHERS = 0o077;
/** Those of them that let a file be written. */
const OTHERS_WRITE = 0o022;

/** Reads a small file of ours. One that is a link, another's, open to others or too long is bad. */
export async function readPrivateFile(path: string, bytesMax: number): Promise<PrivateFile> {
  const read = await readGuardedFile(path, { bytesMax, isSecret: true });
  if (read.kind !== "bad" || !read.lasts) return read;
  return { kind: "bad", why: `${read.why}; remove it, and a new file is made` };
}

/** Reads a small file. One that is a link, no file, too long, or at the mercy of others is bad. */
export async function readGuardedFile(path: string, rules: FileRules): Promise<GuardedFile> {
  try {
    const named = await Deno.lstat(path);
    const fault = await whyUnsafe(named, rules);
    if (fault !== null) return bad(fault, true);
    using file = await Deno.open(path, { read: true });
    const { dev, ino } = await file.stat();
    // The name led elsewhere meanwhile: to what, nobody has judged.
    if (dev !== named.dev || ino !== named.ino) {
      return bad("it changes at this moment; try again", false);
    }
    const bytes = new Uint8Array(rules.bytesMax + 1);
    let length = 0;
    while (length < bytes.length) {
      const count = await file.read(bytes.subarray(length));
      if (count === null) break;
      length += count;
    }
    if (length > rules.bytesMax) return bad("it is too long", true);
    return { kind: "text", text: new TextDecoder().decode(bytes.subarray(0, length)) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { kind: "absent" };
    return bad(error instanceof Error ? error.message : String(error), false);
  }
}

async function whyUnsafe(
  { isSymlink, isFile, mode, uid }: Deno.FileInfo,
  { isSecret }: FileRules,
): Promise<string | null> {
  if (isSymlink) return "it is a symbolic link";
  if (!isFile) return "it is not a file";
  const self = await ownUser();
  if (isSecret && self !== null && uid !== null && uid !== self) {
    return "it belongs to another user";
  }
  // Windows has no such bits: there the folder of the user keeps others out.
  if (Deno.build.os === "windows" || mode === null) return null;
  if (isSecret && (mode & OTHERS) !== 0) return "others may read or write it";
  return (mode & OTHERS_WRITE) !== 0 ? "others may write it" : null;
}

/** Our user; null where the runtime does not say. */
async function ownUser(): Promise<number | null> {
  const { state } = await Deno.permissions.query({ name: "sys", kind: "uid" });
  return state === "granted" ? Deno.uid() : null;
}

function bad(why: string, lasts: boolean): GuardedFile {
  return { kind: "bad", why, lasts };
}
