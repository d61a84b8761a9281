/** A folder of a test's own, and an environment that knows nothing but it. */
export interface Scratch extends AsyncDisposable {
  readonly folder: string;
  /** The home folder of the environment. */
  readonly home: string;
  /** Where Doorward looks for its configuration. There is nothing yet. */
  readonly configFile: string;
  /**
   * What programs are started with: a home without anything in it, no proxy, no certificates and no
   * configuration of whoever runs the tests.
   */
  readonly env: Readonly<Record<string, string>>;
  /** Writes a file below the folder. Resolves to its path. */
  write(name: string, text: string | Uint8Array): Promise<string>;
  /** Writes {@linkcode Scratch.configFile}. Resolves to its path. */
  configure(toml: string): Promise<string>;
}

/** What Deno has downloaded and compiled: a home without it would fetch everything again. */
const DENO_DIR = denoDir();

/** Without these Windows starts nothing. */
const SYSTEM_VARIABLES = ["SystemRoot", "ComSpec", "PATHEXT", "TEMP", "TMP"];

/** What stands between the parts of a path. */
const SLASH = Deno.build.os === "windows" ? "\\" : "/";

/** Makes one. */
export async function makeScratch(): Promise<Scratch> {
  // The real path: on macOS the temporary folder is behind a link.
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "doorward-test-" }));
  const home = `${folder}${SLASH}home`;
  await Deno.mkdir(`${home}${SLASH}doorward`, { recursive: true });
  const configFile = `${home}${SLASH}doorward${SLASH}config.toml`;
  const write = async (name: string, text: string | Uint8Array) => {
    const path = `${folder}/${name}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await (typeof text === "string" ? Deno.writeTextFile(path, text) : Deno.writeFile(path, text));
    return path;
  };
  return {
    folder,
    home,
    configFile,
    env: environment(home),
    write,
    async configure(toml): Promise<string> {
      await Deno.writeTextFile(configFile, toml);
      return configFile;
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

function environment(home: string): Record<string, string> {
  const system = SYSTEM_VARIABLES.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(system),
    PATH: Deno.env.get("PATH") ?? "",
    HOME: home,
    USERPROFILE: home,
    DOORWARD_HOME: `${home}${SLASH}doorward`,
    DENO_DIR,
    NO_COLOR: "1",
    LANG: "C",
    SHELL: "/bin/sh",
  };
}

function denoDir(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}
