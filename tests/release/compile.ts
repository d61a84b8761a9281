// One executable for one target: `deno compile`, with what it bakes in written down here.
import { dirname, join, resolve } from "node:path";
import type { Target } from "./targets.ts";

const ROOT = new URL("../../", import.meta.url);

/**
 * What the executable may do, whatever it is called with; nothing is asked at run time. It cannot know the files,
 * hosts and commands of whoever runs it. It may not load code from a server or native libraries, and learns nothing
 * of the machine but its addresses and the user's number.
 */
export const PERMISSIONS: readonly string[] = [
  "--no-prompt",
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-run",
  "--allow-sys=networkInterfaces,uid",
  "--deny-import",
];

/** How it is put together, besides; each has its reason in `docs/architecture.md`. */
const SETTINGS: readonly string[] = [
  "--quiet",
  "--frozen",
  "--exclude-unused-npm",
  "--no-code-cache",
  "--app-name",
  "doorward",
];

/**
 * What of the environment the compiler sees: where things are, and the way to the network. The rest would be baked
 * in, as `OTEL_DENO` is, or change the outcome in silence.
 */
const VARIABLES = [
  ...["PATH", "HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME", "SystemRoot"],
  ...["TMPDIR", "TEMP", "TMP", "DENO_DIR", "DENORT_BIN", "DENO_CERT", "DENO_TLS_CA_STORE"],
  ...["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"],
  ...["NPM_CONFIG_REGISTRY", "npm_config_registry"],
];

/** An executable could not be made. Its message is one line. */
export class CompileError extends Error {
  override name = "CompileError";
}

/**
 * Compiles for one target into a file; nothing is left of it on failure. `env` is what it is told of the
 * environment. Rejects with {@linkcode CompileError}.
 */
export async function compile(
  target: Target,
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  await Deno.mkdir(dirname(file), { recursive: true });
  const output = ["--target", target, "--output", resolve(file)];
  const words = ["compile", ...SETTINGS, ...PERMISSIONS, ...output, "main.ts"];
  const { success, stderr } = await deno(words, env);
  if (success) return;
  const { stdout } = await deno(["info", "--json"], env);
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout));
  throw new CompileError(failureText(target, new TextDecoder().decode(stderr), denoDir));
}

async function deno(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Deno.CommandOutput> {
  return await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    clearEnv: true,
    env: { ...compilerEnv(env), DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
    stdin: "null",
  }).output();
}

/** The variables that the compiler sees. */
export function compilerEnv(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    VARIABLES.flatMap((name) => env[name] === undefined ? [] : [[name, env[name]]]),
  );
}

/** What `deno compile` failed of, in one line. It tells of a download only in words. */
export function failureText(target: Target, said: string, denoDir: string): string {
  const causes = [...said.matchAll(/^ +\d+: (?!<unknown>)(.+)$/gm)].map(([, cause = ""]) => cause);
  const download = /error sending request for url \((\S+)\)/.exec(said);
  if (download !== null) {
    const place = join(denoDir, `dl/release/v${Deno.version.deno}/denort-${target}.zip`);
    return `Cannot download the base runtime for ${target} from ${download[1]} (${
      causes.at(-1)
    }); ` +
      `put it at ${place}, or unpack it and set DENORT_BIN to its path`;
  }
  const [first = ""] = said.trim().split("\n");
  const why = causes.length > 0 ? causes.join(": ") : first.replace(/^error: /, "");
  return `Cannot compile for ${target}: ${why}`;
}
