/** What this program is to the system: how it is called once more. */
export type Program =
  /** One executable (`deno compile`). */
  | {
    readonly kind: "compiled";
    readonly path: string;
    /** Whether a shell finds it by the name of `doorward`. */
    readonly isOnPath: boolean;
  }
  /** A script and the runtime that runs it. */
  | { readonly kind: "script"; readonly deno: string; readonly main: string };

/** This program, and whether a shell with this `PATH` finds it. Reads where it is, which needs `--allow-read`. */
export function systemProgram(PATH: string): Program {
  const path = Deno.execPath();
  if (!Deno.build.standalone) return { kind: "script", deno: path, main: Deno.mainModule };
  const isOnPath = isFoundOn(PATH, path, Deno.build.os);
  return { kind: "compiled", path, isOnPath };
}

/** Whether who calls `doorward` with this `PATH` calls the executable at `path`, and no other. */
export function isFoundOn(PATH: string, path: string, os: typeof Deno.build.os): boolean {
  const [separator, name] = os === "windows" ? [";", "doorward.exe"] : [":", "doorward"];
  const folders = PATH.split(separator).filter((folder) => folder !== "");
  const found = folders.map((folder) => realPath(`${folder}/${name}`)).find((file) =>
    file !== null
  );
  return found !== undefined && found === realPath(path);
}

function realPath(path: string): string | null {
  try {
    return Deno.realPathSync(path);
  } catch {
    return null; // It is not there, or not for us.
  }
}

/**
 * The words that call `doorward env` from any folder and any shell; null where the program has no name that is sure
 * to be found, and nothing makes so long a line worth while.
 *
 * @param isNeeded whether a client needs more than the address of the proxy
 */
export function envWords(program: Program, isNeeded: boolean): readonly string[] | null {
  if (program.kind === "compiled") return [program.isOnPath ? "doorward" : program.path, "env"];
  if (!isNeeded) return null;
  const permissions = ["--allow-read", "--allow-write", "--allow-env"];
  return [program.deno, "run", "--quiet", "--no-prompt", ...permissions, program.main, "env"];
}

/**
 * The words that call `doorward connect` through the proxy at `proxy`, a `host:port`, but for the target. A
 * script gets no more permissions than that needs: no files, and no network but the proxy.
 */
export function connectWords(
  program: Program,
  proxy: string,
  os: typeof Deno.build.os,
): readonly string[] {
  const connect = ["connect", "--proxy", `http://${proxy}`];
  if (program.kind === "compiled") return [program.path, ...connect];
  return [
    // The runtime would look for a newer version of itself; Windows has no program that sets a variable.
    ...(os === "windows" ? [] : ["env", "DENO_NO_UPDATE_CHECK=1"]),
    program.deno,
    "run",
    "--quiet",
    "--no-prompt",
    "--cached-only",
    "--allow-env",
    `--allow-net=${proxy}`,
    program.main,
    ...connect,
  ];
}
