// Deno, called with an environment that was chosen.

/**
 * What of the environment it sees: where things are, and the way to the network. The rest would be baked into what
 * it compiles, as `OTEL_DENO` is, or change the outcome in silence.
 */
const VARIABLES = [
  ...["PATH", "HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_CACHE_HOME", "SystemRoot"],
  ...["TMPDIR", "TEMP", "TMP", "DENO_DIR", "DENORT_BIN", "DENO_CERT", "DENO_TLS_CA_STORE"],
  ...["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"],
  ...["NPM_CONFIG_REGISTRY", "npm_config_registry"],
];

/** Deno failed. What it said is in `said`. */
export class DenoError extends Error {
  override name = "DenoError";
  readonly said: string;

  constructor(command: string, said: string) {
    super(`deno ${command} failed: ${firstLine(said)}`);
    this.said = said;
  }
}

/** In what it is called. */
export interface Around {
  /** The environment of whoever calls. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Runs it in a folder. Resolves to what it printed. Rejects with {@linkcode DenoError}. */
export async function runDeno(
  args: readonly string[],
  cwd: string,
  { env, signal }: Around,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    clearEnv: true,
    env: { ...chosen(env), DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
    stdin: "null",
    signal,
  }).output();
  const text = new TextDecoder();
  if (!success) throw new DenoError(args[0] ?? "", text.decode(stderr));
  return text.decode(stdout);
}

/** The variables that it sees. */
export function chosen(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    VARIABLES.flatMap((name) => env[name] === undefined ? [] : [[name, env[name]]]),
  );
}

/** The first line, without `error: `. */
export function firstLine(said: string): string {
  const [first = ""] = said.trim().split("\n");
  return first.replace(/^error: /, "");
}
