import { absolutePath, joinPath } from "../../config/file_path.ts";
import type { Instruments } from "./instruments.ts";

/** Programs that are on the PATH. */
export interface OnPath {
  /** Where each is that was found, by the name it was looked for. */
  readonly programs: ReadonlyMap<string, string>;
  /** Folders that cannot be looked at. */
  readonly hidden: readonly string[];
}

/** Where programs are looked for. */
export interface SearchedPath {
  readonly env: Readonly<Record<string, string>>;
  readonly os: typeof Deno.build.os;
  readonly cwd: () => string;
}

/** Nobody has as many; each costs a look for every name. */
const FOLDERS_MAX = 100;
/** For whom it may be executed. */
const EXECUTABLE = 0o111;

/** Looks for programs as a shell does, the first folder first. None is opened or run. */
export async function findOnPath(
  names: readonly string[],
  { env, os, cwd }: SearchedPath,
  { look }: Pick<Instruments, "look">,
): Promise<OnPath> {
  const isWindows = os === "windows";
  const written = (isWindows ? env["Path"] ?? env["PATH"] : env["PATH"]) ?? "";
  const all = written === "" ? [] : written.split(isWindows ? ";" : ":");
  // An empty entry is the current folder (POSIX).
  const folders = [...new Set(all)].slice(0, FOLDERS_MAX)
    .map((folder) => absolutePath(folder === "" ? "." : folder, cwd(), os));
  const looks = await Promise.all(folders.map(look));
  const searched = folders.filter((_, index) => looks[index]!.kind === "folder");
  const endings = isWindows ? (env["PATHEXT"] ?? ".COM;.EXE;.BAT;.CMD").split(";") : [""];
  const found = await Promise.all(names.map(async (name) => {
    for (const folder of searched) {
      for (const ending of endings) {
        const path = joinPath(os, folder, name + ending);
        const at = await look(path);
        if (at.kind !== "file") continue;
        if (isWindows || at.mode === null || (at.mode & EXECUTABLE) !== 0) {
          return [name, path] as const;
        }
      }
    }
    return null;
  }));
  return {
    programs: new Map(found.filter((each) => each !== null)),
    hidden: folders.filter((_, index) => looks[index]!.kind === "hidden"),
  };
}
