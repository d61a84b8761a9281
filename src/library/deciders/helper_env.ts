import { ADMIN_TOKEN } from "../../config/admin_token.ts";
import { isAbsolute } from "../../config/file_path.ts";

/** Says to a program that it was started to decide. */
const MARK = "DOORWARD_DECIDER";

/**
 * The environment of a helper: ours, without what approves requests or goes into them. Its `PATH` names no folder that
 * depends on where we are: whoever may write there would choose the program that decides.
 */
export function helperEnv(
  env: Readonly<Record<string, string>>,
  secretVariables: readonly string[],
  os: typeof Deno.build.os,
): Record<string, string> {
  const secret = new Set([ADMIN_TOKEN, ...secretVariables].map((name) => name.toUpperCase()));
  const kept = Object.entries(env)
    .filter(([name]) => !secret.has(name.toUpperCase()))
    .map(([name, value]) => [name, isPath(name, os) ? absoluteOnly(value, os) : value]);
  return { ...Object.fromEntries(kept), [MARK]: "1" };
}

function isPath(name: string, os: typeof Deno.build.os): boolean {
  return name === "PATH" || (os === "windows" && name.toUpperCase() === "PATH");
}

function absoluteOnly(path: string, os: typeof Deno.build.os): string {
  const between = os === "windows" ? ";" : ":";
  return path.split(between).filter((folder) => isAbsolute(folder, os)).join(between);
}
