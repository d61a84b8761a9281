/** A file that is open, and which one it is. */
export interface OpenFile {
  readonly file: Deno.FsFile;
  readonly info: Deno.FileInfo;
}

/** The permission bits that let others write a file. */
const OTHERS_WRITE = 0o022;
/** Of a new file: its owner's alone. */
const MODE = 0o600;

/**
 * Opens a file of ours to write, and makes it where there is none. Throws where it is a link, no file, another user's,
 * or one that others may write: what is in it would not be ours. A device of the system is taken as it is.
 */
export async function openOwn(path: string, how: { readonly append: boolean }): Promise<OpenFile> {
  const options = how.append ? { read: true, append: true } : { read: true, write: true };
  const made = await lookAt(path) === null ? await make(path, options) : null;
  if (made !== null) return { file: made, info: await made.stat() };
  const named = await Deno.lstat(path);
  const fault = named.isCharDevice ? null : await whyUnsafe(named);
  if (fault !== null) throw new Error(fault);
  const file = await Deno.open(path, options);
  const info = await file.stat();
  if (isSame(info, named)) return { file, info };
  file.close();
  // The name led elsewhere meanwhile: to what, nobody has judged.
  throw new Error("it changes at this moment");
}

/** Makes a file; null where another process was faster. Follows no link, not even one that comes at this moment. */
async function make(path: string, options: Deno.OpenOptions): Promise<Deno.FsFile | null> {
  try {
    return await Deno.open(path, { ...options, createNew: true, mode: MODE });
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return null;
    throw error;
  }
}

/** What stands at a path, without following a link; null where there is nothing. */
export async function lookAt(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Whether they are one file. */
export function isSame(a: Deno.FileInfo, b: Deno.FileInfo): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

async function whyUnsafe({ isSymlink, isFile, mode, uid }: Deno.FileInfo): Promise<string | null> {
  if (isSymlink) return "it is a symbolic link: name the file itself";
  if (!isFile) return "it is not a file";
  const self = await ownUser();
  if (self !== null && uid !== null && uid !== self) return "it belongs to another user";
  // Windows has no such bits: there the folder keeps others out.
  if (Deno.build.os === "windows" || mode === null) return null;
  return (mode & OTHERS_WRITE) !== 0
    ? "others may write it: take that from them (chmod go-w)"
    : null;
}

/** Our user; null where the runtime does not say. */
async function ownUser(): Promise<number | null> {
  const { state } = await Deno.permissions.query({ name: "sys", kind: "uid" });
  return state === "granted" ? Deno.uid() : null;
}
