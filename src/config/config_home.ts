import { joinPath } from "./file_path.ts";

/** The folder that holds the configuration. */
export interface ConfigHome {
  readonly home: string;
  /** `<home>/config.toml`, which need not exist. */
  readonly file: string;
  /** Whether the folder is another program's (`CODEX_HOME`), and its file with it. */
  readonly foreign: boolean;
}

/**
 * Finds the home folder: `$DOORWARD_HOME`, else `$CODEX_HOME`, else `~/.config/doorward`, which on Windows
 * is `%APPDATA%\doorward`. An empty variable counts as unset. Null when the system tells no home.
 */
export function configHome(
  env: Readonly<Record<string, string | undefined>>,
  os: typeof Deno.build.os,
): ConfigHome | null {
  const at = (home: string, foreign: boolean): ConfigHome => ({
    home,
    file: joinPath(os, home, "config.toml"),
    foreign,
  });
  if (env["DOORWARD_HOME"]) return at(env["DOORWARD_HOME"], false);
  if (env["CODEX_HOME"]) return at(env["CODEX_HOME"], true);
  if (os === "windows") {
    if (env["APPDATA"]) return at(joinPath(os, env["APPDATA"], "doorward"), false);
    if (!env["USERPROFILE"]) return null;
    return at(joinPath(os, env["USERPROFILE"], "AppData", "Roaming", "doorward"), false);
  }
  return env["HOME"] ? at(joinPath(os, env["HOME"], ".config", "doorward"), false) : null;
}

/** Where the configuration for all users of this machine is; null where the system tells no place. */
export function systemFolder(
  os: typeof Deno.build.os,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  if (os !== "windows") return "/etc/doorward";
  return env["ProgramData"] ? joinPath(os, env["ProgramData"], "Doorward") : null;
}
