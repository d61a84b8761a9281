/** What this program is to the system: how it is called once more. */
export type Program =
  /** One executable (`deno compile`). */
  | { readonly kind: "compiled"; readonly path: string }
  /** A script and the runtime that runs it. */
  | { readonly kind: "script"; readonly deno: string; readonly main: string };

/** This program. Reads where it is, which needs `--allow-read`. */
export function systemProgram(): Program {
  return Deno.build.standalone
    ? { kind: "compiled", path: Deno.execPath() }
    : { kind: "script", deno: Deno.execPath(), main: Deno.mainModule };
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
