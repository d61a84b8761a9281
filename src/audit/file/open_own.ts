/** A file that is open, and which one it is. */
export interface OpenFile {
  readonly file: Deno.FsFile;
  readonly info: Deno.FileInfo;
}

/** How a file is opened. */
export interface OpenHow {
  readonly append: boolean;
  /** Whether it is named nowhere but beside a file that is: then what is wrong is told with its path. */
  readonly isBeside?: boolean;
}

/** The permission bits that let others write a file. */
const OTHERS_WRITE = 0o022;
/** Of a new file: its owner's alone. */
const MODE = 0o600;

/**
 * Opens a file of ours to write, and makes it where there is none. Throws where it is a link, no file, another user's,
 * or one that others may write: what is in it would not be ours. A device of the system is taken as it is.
 */
export async function openOwn(path: string, { append, isBeside }: OpenHow): Promise<OpenFile> {
  const options = append ? { read: true, append: true } : { read: true, write: true };
  const made = await lookAt(path) === null ? await make(path, options) : null;
  if (made !== null) return { file: made, info: await made.stat() };
  const named = await Deno.lstat(path);
  const fault = named.isCharDevice ? null : await whyUnsafe(named);
  if (fault !== null) throw new Error(isBeside ? `${path}: ${besideWords(fault)}` : words(fault));
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

/** What is wrong with a file, as a clause, and what to do about one that was named. */
interface Unsafe {
  readonly why: string;
  readonly mend: string | null;
}

async function whyUnsafe({ isSymlink, isFile, mode, uid }: Deno.FileInfo): Promise<Unsafe | null> {
  if (isSymlink) return { why: "it is a symbolic link", mend: "name the file itself" };
  if (!isFile) return { why: "it is not a file", mend: null };
  const self = await ownUser();
  if (self !== null && uid !== null && uid !== self) {
    return { why: "it belongs to another user", mend: null };
  }
  // Windows has no such bits: there the folder keeps others out.
  if (Deno.build.os === "windows" || mode === null || (mode & OTHERS_WRITE) === 0) return null;
  return { why: "others may write it", mend: CHMOD };
}

function words({ why, mend }: Unsafe): string {
  return mend === null ? why : `${why}: ${mend}`;
}

/** What holds nothing of ours, and was named by nobody, can go. */
function besideWords({ why, mend }: Unsafe): string {
  return `${why}: ${mend === CHMOD ? CHMOD : "remove it"}`;
}

const CHMOD = "take that from them (chmod go-w)";

/** Our user; null where the runtime does not say. */
async function ownUser(): Promise<number | null> {
  const { state } = await Deno.permissions.query({ name: "sys", kind: "uid" });
  return state === "granted" ? Deno.uid() : null;
}
