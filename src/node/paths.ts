import * as fs from "node:fs/promises";
import type { Stats } from "node:fs";
import { orSystemError } from "./errors.ts";
import { build } from "./machine.ts";

/** What the system says of a file. */
export interface FileInfo {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly isSymlink: boolean;
  /** Null on Windows, as all that it does not have. */
  readonly isSocket: boolean | null;
  readonly isFifo: boolean | null;
  readonly isCharDevice: boolean | null;
  readonly mode: number | null;
  readonly uid: number | null;
  readonly dev: number;
  readonly ino: number | null;
  readonly size: number;
  readonly mtime: Date | null;
}

/** What Node says of a file, in the words of the rest. */
export function fileInfo(stats: Stats): FileInfo {
  const isUnix = build.os !== "windows";
  return {
    isFile: stats.isFile(),
    isDirectory: stats.isDirectory(),
    isSymlink: stats.isSymbolicLink(),
    isSocket: isUnix ? stats.isSocket() : null,
    isFifo: isUnix ? stats.isFIFO() : null,
    isCharDevice: isUnix ? stats.isCharacterDevice() : null,
    mode: isUnix ? stats.mode : null,
    uid: isUnix ? stats.uid : null,
    dev: stats.dev,
    ino: isUnix ? stats.ino : null,
    size: stats.size,
    mtime: stats.mtime,
  };
}

/** Looks at a file, through links. */
export async function stat(path: string): Promise<FileInfo> {
  return fileInfo(await orSystemError(fs.stat(path)));
}

/** Looks at a file, or at the link that is there. */
export async function lstat(path: string): Promise<FileInfo> {
  return fileInfo(await orSystemError(fs.lstat(path)));
}

/** The path with every symbolic link resolved. */
export async function realPath(path: string): Promise<string> {
  return await orSystemError(fs.realpath(path));
}

/** Where a symbolic link leads. */
export async function readLink(path: string): Promise<string> {
  return await orSystemError(fs.readlink(path));
}

/** All of a file, as text. */
export async function readTextFile(path: string): Promise<string> {
  return await orSystemError(fs.readFile(path, "utf8"));
}

/** The names in a folder. */
export async function* readDir(path: string): AsyncGenerator<{ readonly name: string }> {
  for (const name of await orSystemError(fs.readdir(path))) yield { name };
}

/** Makes a folder, with those above it if it is `recursive`: then one that is there is no fault. */
export async function mkdir(
  path: string,
  options: { readonly recursive?: boolean; readonly mode?: number } = {},
): Promise<void> {
  await orSystemError(fs.mkdir(path, options));
}

/** Sets the permission bits. */
export async function chmod(path: string, mode: number): Promise<void> {
  await orSystemError(fs.chmod(path, mode));
}

/** Gives a file a second name. */
export async function link(from: string, to: string): Promise<void> {
  await orSystemError(fs.link(from, to));
}

/** Gives a file another name, in place of what had it. */
export async function rename(from: string, to: string): Promise<void> {
  await orSystemError(fs.rename(from, to));
}

/** Removes a file, or a link. */
export async function remove(path: string): Promise<void> {
  await orSystemError(fs.unlink(path));
}
