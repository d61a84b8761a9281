// Paths as text: which folder, what is absolute. It asks nothing of the disk, and follows no link.

/** The system whose rules hold. */
type Os = typeof Deno.build.os;

/** Puts names behind a folder. */
export function joinPath(os: Os, folder: string, ...names: readonly string[]): string {
  const isWindows = os === "windows";
  const trimmed = folder.replace(isWindows ? /[\\/]+$/ : /\/+$/, "");
  return [trimmed, ...names].join(isWindows ? "\\" : "/");
}

/** The folder of a file; `.` for a bare name. */
export function folderOf(file: string, os: Os): string {
  const end = lastSlash(file, os);
  if (end === -1) return ".";
  // The slash of a root is the root.
  const root = os === "windows" && /^[A-Za-z]:[\\/]/.test(file) ? 3 : 1;
  return file.slice(0, Math.max(end, root));
}

/** The last name of a path. */
export function nameOf(file: string, os: Os): string {
  return file.slice(lastSlash(file, os) + 1);
}

/** The path itself where it is absolute, else the one that it names from `folder`. */
export function absolutePath(path: string, folder: string, os: Os): string {
  if (isAbsolute(path, os)) return path;
  const rest = path.replace(os === "windows" ? /^(?:\.[\\/]+)+/ : /^(?:\.\/+)+/, "");
  return rest === "." || rest === "" ? folder : joinPath(os, folder, rest);
}

/** Whether a path means the same in every current folder; on Windows a drive may be left out. */
export function isAbsolute(path: string, os: Os): boolean {
  return os === "windows" ? /^(?:[A-Za-z]:)?[\\/]/.test(path) : path.startsWith("/");
}

function lastSlash(file: string, os: Os): number {
  return os === "windows"
    ? Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\"))
    : file.lastIndexOf("/");
}
