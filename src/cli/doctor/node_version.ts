import { folderOf, joinPath } from "../../config/file_path.ts";
import type { Instruments } from "./instruments.ts";

/** A version of Node. */
export interface NodeVersion {
  readonly major: number;
  readonly minor: number;
}

/** What of a Node goes through a proxy, once `NODE_USE_ENV_PROXY` is set. */
export type NodeHonours = "all" | "fetch" | "nothing";

/** Measured, release by release: 22.20, 22.21, 23.11, 24.0, 24.4 and 24.5. */
export function nodeHonours({ major, minor }: NodeVersion): NodeHonours {
  if (major === 22 && minor >= 21) return "all";
  if (major < 24) return "nothing";
  return major === 24 && minor < 5 ? "fetch" : "all";
}

/** The header that comes with Node has some thousand bytes. */
const HEADER_BYTES_MAX = 64 * 1024;
/** A folder or a part of one, as those who keep several versions name them: `v24.1.0`, `node-v24.1.0-linux-x64`. */
const IN_PATH_REGEXP = /(?:^|[/\\v@-])(\d{1,3})\.(\d{1,3})\.\d{1,3}(?=[/\\-]|$)/;

/**
 * Which Node a program is: by the folder it is in, else by the header that is installed beside it. It is not run. Null
 * where neither tells.
 */
export async function nodeVersionOf(
  program: string,
  os: typeof Deno.build.os,
  { realPath, text }: Pick<Instruments, "realPath" | "text">,
): Promise<NodeVersion | null> {
  const real = await realPath(program) ?? program;
  const [, inMajor, inMinor] = IN_PATH_REGEXP.exec(real) ?? [];
  if (inMajor !== undefined) return { major: Number(inMajor), minor: Number(inMinor) };
  const root = folderOf(folderOf(real, os), os);
  const header = await text(
    joinPath(os, root, "include", "node", "node_version.h"),
    HEADER_BYTES_MAX,
  );
  const part = (name: string) =>
    new RegExp(`^#define NODE_${name}_VERSION (\\d{1,3})$`, "m").exec(header ?? "")?.[1];
  const [major, minor] = [part("MAJOR"), part("MINOR")];
  if (major === undefined || minor === undefined) return null;
  return { major: Number(major), minor: Number(minor) };
}
