import { type ConfigFile, readConfigFile } from "./config_file.ts";
import { folderOf, joinPath } from "./file_path.ts";

/** More folders than any project is deep. */
const FOLDERS_MAX = 64;

/** A file of a project, as it was read. */
export type ProjectFile = ConfigFile & { readonly file: string };

/** The files of a project, lowest first. What is not trusted is not opened, either. */
export type ProjectFiles =
  | { readonly trusted: true; readonly files: readonly ProjectFile[] }
  | { readonly trusted: false; readonly paths: readonly string[] };

/**
 * Finds the files of the project that a folder belongs to: `.doorward/config.toml` in each folder from the root of its
 * repository down to it. Outside of a repository only the folder itself counts. Those that are not there are left out.
 */
export async function readProjectFiles(
  folder: string,
  os: typeof Deno.build.os,
  trusted: boolean,
): Promise<ProjectFiles> {
  const folders = await foldersOf(folder, os);
  const paths = folders.map((each) => joinPath(os, each, ".doorward", "config.toml"));
  if (!trusted) {
    const there = await Promise.all(paths.map(exists));
    return { trusted, paths: paths.filter((_, index) => there[index]) };
  }
  const files = await Promise.all(
    paths.map(async (file) => ({ ...await readConfigFile(file, true), file })),
  );
  return { trusted, files: files.filter(({ kind }) => kind !== "absent") };
}

/** From the root of the repository to the folder. */
async function foldersOf(folder: string, os: typeof Deno.build.os): Promise<readonly string[]> {
  const folders: string[] = [];
  for (let at = folder; folders.length < FOLDERS_MAX;) {
    folders.unshift(at);
    if (await exists(joinPath(os, at, ".git"))) return folders;
    const above = folderOf(at, os);
    if (above === at || above === "") break;
    at = above;
  }
  return [folder];
}

/** A worktree of git has a file there. */
async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
