// A file that holds a secret: it is used only if nobody else could have read or written it.

/** What a path held. */
export type PrivateFile =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "bad"; readonly why: string };

/** The permission bits of everybody but the owner. */
const OTHERS = 0o077;

/** Reads a small file of ours. One that is a link, another's, open to others or too long is bad. */
export async function readPrivateFile(path: string, bytesMax: number): Promise<PrivateFile> {
  try {
    const named = await Deno.lstat(path);
    const fault = await whyNotPrivate(named);
    if (fault !== null) return { kind: "bad", why: fault };
    using file = await Deno.open(path, { read: true });
    const { dev, ino } = await file.stat();
    // The name led elsewhere meanwhile: to what, nobody has judged.
    if (dev !== named.dev || ino !== named.ino) return bad("it changes at this moment; try again");
    const bytes = new Uint8Array(bytesMax + 1);
    const length = await file.read(bytes) ?? 0;
    if (length > bytesMax) return bad("it is too long; remove it, and a new one is made");
    return { kind: "text", text: new TextDecoder().decode(bytes.subarray(0, length)) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { kind: "absent" };
    return bad(error instanceof Error ? error.message : String(error));
  }
}

async function whyNotPrivate({ isSymlink, isFile, mode, uid }: Deno.FileInfo) {
  if (isSymlink) return "it is a symbolic link; remove it, and a new file is made";
  if (!isFile) return "it is not a file; remove it, and a new one is made";
  const self = await ownUser();
  if (self !== null && uid !== null && uid !== self) {
    return "it belongs to another user; remove it, and a new one is made";
  }
  // Windows has no such bits: there the folder of the user keeps others out.
  if (Deno.build.os !== "windows" && mode !== null && (mode & OTHERS) !== 0) {
    return "others may read or write it; remove it, and a new one is made";
  }
  return null;
}

/** Our user; null where the runtime does not say. */
async function ownUser(): Promise<number | null> {
  const { state } = await Deno.permissions.query({ name: "sys", kind: "uid" });
  return state === "granted" ? Deno.uid() : null;
}

function bad(why: string): PrivateFile {
  return { kind: "bad", why };
}
