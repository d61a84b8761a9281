import { doorwardWords } from "../support/doorward_cli.ts";
import type { Child, Children } from "./child.ts";
import {
  doorwardConfig,
  policyHosts,
  squidConfig,
  tinyproxyConfig,
  tinyproxyFilter,
} from "./policies.ts";

/** How long a proxy may take until it accepts. */
const START_MS = 10_000;
const POLL_MS = 20;
/** Where Debian has what is not on everybody's PATH. */
const SYSTEM_FOLDERS = ["/usr/sbin", "/usr/local/sbin"];

/** Who is compared. */
export const CONTENDERS = ["direct", "doorward", "squid", "tinyproxy"] as const;
/** One of {@linkcode CONTENDERS}. */
export type ContenderName = typeof CONTENDERS[number];

/** One of them, ready. */
export interface Contender extends AsyncDisposable {
  readonly name: ContenderName;
  /** Where it listens on 127.0.0.1; null for no proxy at all. */
  readonly port: number | null;
  readonly version: string;
}

/** How to run a proxy. */
interface Recipe {
  readonly program: string;
  readonly versionArgs: readonly string[];
  /** What it is started with; `folder` is empty and its own. */
  readonly args: (folder: string, port: number) => Promise<readonly string[]>;
}

const RECIPES: Readonly<Record<Exclude<ContenderName, "direct">, Recipe>> = {
  doorward: {
    program: Deno.execPath(),
    versionArgs: doorwardWords("doorward", ["version"]).slice(1),
    async args(folder: string, port: number): Promise<readonly string[]> {
      const file = `${folder}/doorward.toml`;
      await Deno.writeTextFile(file, doorwardConfig(port, policyHosts()));
      return doorwardWords("start", ["--config", file]).slice(1);
    },
  },
  squid: {
    program: "squid",
    versionArgs: ["-v"],
    async args(folder: string, port: number): Promise<readonly string[]> {
      const file = `${folder}/squid.conf`;
      await Deno.writeTextFile(file, squidConfig(folder, port, policyHosts()));
      return ["-N", "-f", file];
    },
  },
  tinyproxy: {
    program: "tinyproxy",
    versionArgs: ["-v"],
    async args(folder: string, port: number): Promise<readonly string[]> {
      const file = `${folder}/tinyproxy.conf`;
      await Deno.writeTextFile(`${folder}/filter`, tinyproxyFilter(policyHosts()));
      await Deno.writeTextFile(file, tinyproxyConfig(folder, port));
      return ["-d", "-c", file];
    },
  },
};

/** Starts one; null when it is not installed. */
export async function startContender(
  name: ContenderName,
  folder: string,
  children: Children,
): Promise<Contender | null> {
  if (name === "direct") return { name, port: null, version: "", [Symbol.asyncDispose]: nothing };
  const recipe = RECIPES[name];
  const program = await findProgram(recipe.program);
  if (program === null) return null;
  const version = await firstLine(program, recipe.versionArgs);
  await Deno.mkdir(folder);
  const port = freePort();
  const child = children.start(program, await recipe.args(folder, port), folder);
  try {
    await untilAccepting(name, child, port);
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw error;
  }
  return { name, port, version, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
}

async function nothing(): Promise<void> {}

/** The path of a program; null when there is none. */
async function findProgram(name: string): Promise<string | null> {
  if (name.startsWith("/")) return name;
  const folders = [...(Deno.env.get("PATH") ?? "").split(":"), ...SYSTEM_FOLDERS];
  for (const folder of folders) {
    const path = `${folder}/${name}`;
    const file = await Deno.stat(path).catch(() => null);
    if (file?.isFile === true) return path;
  }
  return null;
}

async function firstLine(program: string, args: readonly string[]): Promise<string> {
  const command = new Deno.Command(program, { args: [...args], stderr: "null" });
  const { stdout } = await command.output();
  return new TextDecoder().decode(stdout).split("\n")[0] ?? "";
}

/** A port that nobody listens on: the peers cannot be asked which one the system chose. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function untilAccepting(name: string, child: Child, port: number): Promise<void> {
  let ended = false;
  child.ended.then(() => ended = true);
  const end = performance.now() + START_MS;
  while (!ended && performance.now() < end) {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => null);
    if (conn !== null) return conn.close();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const why = ended ? "it ended" : `it did not accept within ${START_MS} ms`;
  throw new Error(`Cannot start ${name}: ${why}, saying "${child.lastWords()}"`);
}
