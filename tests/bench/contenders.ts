import { doorwardWords } from "../support/doorward_cli.ts";
import type { Child, Children } from "./child.ts";
import type { Route } from "./job.ts";
import {
  danteConfig,
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
export const CONTENDERS = [
  "direct",
  "doorward",
  "squid",
  "tinyproxy",
  "dante",
  "microsocks",
] as const;
/** One of {@linkcode CONTENDERS}. */
export type ContenderName = typeof CONTENDERS[number];

const HTTP: readonly Route[] = ["forward", "connect"];
const SOCKS5: readonly Route[] = ["socks5", "socks5_udp"];
const ROUTES: Readonly<Record<ContenderName, readonly Route[]>> = {
  direct: [...HTTP, ...SOCKS5],
  doorward: [...HTTP, ...SOCKS5],
  squid: HTTP,
  tinyproxy: HTTP,
  dante: SOCKS5,
  microsocks: ["socks5"],
};

/** Whether work can go to the origin by this route there. */
export function offers(name: ContenderName, route: Route): boolean {
  return ROUTES[name].includes(route);
}

/** One of them, ready. */
export interface Contender extends AsyncDisposable {
  readonly name: ContenderName;
  /** Where it listens on 127.0.0.1; null for no proxy at all. */
  readonly ports: Ports | null;
  readonly version: string;
}

/** Where a proxy listens on 127.0.0.1: one and the same port where it speaks one protocol. */
export interface Ports {
  readonly http: number;
  readonly socks: number;
}

/** The port of a contender for this route; null where there is no proxy. */
export function portFor({ ports }: Contender, route: Route): number | null {
  if (ports === null) return null;
  return HTTP.includes(route) ? ports.http : ports.socks;
}

/** How to run a proxy. */
interface Recipe {
  readonly program: string;
  /** What it is in Debian, where that is not called as the contender is. */
  readonly package?: string;
  readonly versionArgs: readonly string[];
  /** What it is started with; `folder` is empty and its own. */
  readonly args: (folder: string, ports: Ports) => Promise<readonly string[]>;
  readonly hasTwoPorts?: true;
  /** Whether it says so much on standard error that to read it would cost more than to write it. */
  readonly isLoud?: true;
}

const RECIPES: Readonly<Record<Exclude<ContenderName, "direct">, Recipe>> = {
  doorward: {
    program: Deno.execPath(),
    versionArgs: doorwardWords("doorward", ["version"]).slice(1),
    hasTwoPorts: true,
    async args(folder: string, { http, socks }: Ports): Promise<readonly string[]> {
      const file = `${folder}/doorward.toml`;
      await Deno.writeTextFile(file, doorwardConfig(http, socks, policyHosts()));
      return doorwardWords("start", ["--config", file]).slice(1);
    },
  },
  squid: {
    program: "squid",
    versionArgs: ["-v"],
    async args(folder: string, { http }: Ports): Promise<readonly string[]> {
      const file = `${folder}/squid.conf`;
      await Deno.writeTextFile(file, squidConfig(folder, http, policyHosts()));
      return ["-N", "-f", file];
    },
  },
  tinyproxy: {
    program: "tinyproxy",
    versionArgs: ["-v"],
    async args(folder: string, { http }: Ports): Promise<readonly string[]> {
      const file = `${folder}/tinyproxy.conf`;
      await Deno.writeTextFile(`${folder}/filter`, tinyproxyFilter(policyHosts()));
      await Deno.writeTextFile(file, tinyproxyConfig(folder, http));
      return ["-d", "-c", file];
    },
  },
  dante: {
    program: "danted",
    package: "dante-server",
    versionArgs: ["-v"],
    async args(folder: string, { socks }: Ports): Promise<readonly string[]> {
      const file = `${folder}/danted.conf`;
      await Deno.writeTextFile(file, danteConfig(socks));
      return ["-f", file, "-p", `${folder}/pid`];
    },
  },
  microsocks: {
    program: "microsocks",
    versionArgs: ["-h"],
    isLoud: true,
    args: (_folder: string, { socks }: Ports) =>
      Promise.resolve(["-i", "127.0.0.1", "-p", String(socks)]),
  },
};

/** What to ask Debian for. */
export function packageOf(name: ContenderName): string {
  return name === "direct" ? "" : RECIPES[name].package ?? name;
}

/** Starts one; null when it is not installed. */
export async function startContender(
  name: ContenderName,
  folder: string,
  children: Children,
): Promise<Contender | null> {
  if (name === "direct") return { name, ports: null, version: "", [Symbol.asyncDispose]: nothing };
  const recipe = RECIPES[name];
  const program = await findProgram(recipe.program);
  if (program === null) return null;
  const version = await firstLine(program, recipe.versionArgs);
  await Deno.mkdir(folder);
  const ports = freePorts(recipe.hasTwoPorts === true);
  const args = await recipe.args(folder, ports);
  const child = children.start(program, args, { cwd: folder, isHeard: recipe.isLoud !== true });
  try {
    for (const port of new Set([ports.http, ports.socks])) await untilAccepting(name, child, port);
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw error;
  }
  return { name, ports, version, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
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

/** Ports that nobody listens on: the peers cannot be asked which ones the system chose. */
function freePorts(two: boolean): Ports {
  using http = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using socks = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return { http: http.addr.port, socks: two ? socks.addr.port : http.addr.port };
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
