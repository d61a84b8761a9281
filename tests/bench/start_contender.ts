import type { Child, Children } from "./child.ts";
import type { Contender, ContenderName, Ports } from "./contenders.ts";
import { findProgram, outputOf } from "./programs.ts";
import type { Place } from "./recipe.ts";
import { RECIPES } from "./recipes.ts";

/** How long a proxy may take until it accepts. */
const START_MS = 30_000;
const POLL_MS = 2;

/** What is missing where one is not there. */
export interface Missing {
  readonly missing: string;
}

/** Where contenders are started, and whom they trust. */
export interface StartPlace {
  /** Not there yet; its own. */
  readonly folder: string;
  /** The file of who signed the origin's certificate. */
  readonly originCaFile: string;
  /** Where the programs are that the bench has compiled; nowhere without it. */
  readonly nativeFolder?: string;
  /** Where Doorward's own inspector listens; without one it has none. */
  readonly inspectorPort?: number;
}

/** Starts one. */
export async function startContender(
  name: ContenderName,
  start: StartPlace,
  children: Children,
): Promise<Contender | Missing> {
  const { folder, originCaFile, nativeFolder } = start;
  if (name === "direct") return await direct(originCaFile);
  const recipe = RECIPES[name];
  const program = await findProgram(recipe.program, nativeFolder);
  const missing = `${name} is not installed: left out (${recipe.remedy})`;
  if (program === null) return { missing };
  const said = recipe.versionArgs === undefined ? "" : await outputOf(program, recipe.versionArgs);
  if (recipe.versionHas !== undefined && !said.includes(recipe.versionHas)) return { missing };
  await Deno.mkdir(folder);
  const ports = freePorts(recipe.hasTwoPorts === true);
  const place: Place = { ...start, ports, program };
  const args = await recipe.args(place);
  if (args === null) return { missing };
  const options = {
    cwd: folder,
    isHeard: recipe.isLoud !== true,
    env: recipe.env?.(place) ?? {},
  };
  const launch = () => launched(name, ports, () => children.start(program, args, options));
  let { child } = await launch();
  try {
    return {
      name,
      ports,
      version: await recipe.version?.(place) ?? said.split("\n")[0] ?? "",
      ca: recipe.caFile === undefined ? "" : await Deno.readTextFile(recipe.caFile(place)),
      get pid(): number {
        return child.pid;
      },
      async restart(): Promise<number> {
        await child[Symbol.asyncDispose]();
        const { child: next, ms } = await launch();
        child = next;
        return ms;
      },
      [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
    };
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw error;
  }
}

async function direct(originCaFile: string): Promise<Contender> {
  return {
    name: "direct",
    ports: null,
    version: "",
    ca: await Deno.readTextFile(originCaFile),
    pid: null,
    restart: () => Promise.reject(new Error("Cannot start anew: there is no proxy")),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Ports that nobody listens on: the peers cannot be asked which ones the system chose. */
function freePorts(two: boolean): Ports {
  using http = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using socks = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return { http: http.addr.port, socks: two ? socks.addr.port : http.addr.port };
}

/** Starts a process and waits until it accepts at all of its ports. */
async function launched(
  name: string,
  { http, socks }: Ports,
  start: () => Child,
): Promise<{ readonly child: Child; readonly ms: number }> {
  const begin = performance.now();
  const child = start();
  try {
    for (const port of new Set([http, socks])) await untilAccepting(name, child, port);
    return { child, ms: performance.now() - begin };
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw error;
  }
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
