import type { Child, Children } from "./child.ts";
import type { Route } from "./job.ts";
import { findProgram, outputOf } from "./programs.ts";
import { type Place, RECIPES } from "./recipes.ts";

/** How long a proxy may take until it accepts. */
const START_MS = 30_000;
const POLL_MS = 20;

/** Who is compared. */
export const CONTENDERS = [
  "direct",
  "doorward",
  "squid",
  "tinyproxy",
  "dante",
  "microsocks",
  "mitmproxy",
  "mockttp",
  "ssl-bump",
] as const;
/** One of {@linkcode CONTENDERS}. */
export type ContenderName = typeof CONTENDERS[number];

const HTTP: readonly Route[] = ["forward", "connect"];
const SOCKS5: readonly Route[] = ["socks5", "socks5_udp"];
const INTERCEPTED: readonly Route[] = ["intercepted", "intercepted_http2"];
const ROUTES: Readonly<Record<ContenderName, readonly Route[]>> = {
  direct: [...HTTP, ...SOCKS5, ...INTERCEPTED],
  doorward: [...HTTP, ...SOCKS5, ...INTERCEPTED],
  squid: HTTP,
  tinyproxy: HTTP,
  dante: SOCKS5,
  microsocks: ["socks5"],
  mitmproxy: INTERCEPTED,
  mockttp: INTERCEPTED,
  "ssl-bump": ["intercepted"],
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
  /** Who signs what is shown by TLS in its rows of interception, in PEM; empty where it has none. */
  readonly ca: string;
  /** Its process; null for no proxy at all. */
  readonly pid: number | null;
}

/** Where a proxy listens on 127.0.0.1: one and the same port where it speaks one protocol. */
export interface Ports {
  readonly http: number;
  readonly socks: number;
}

/** The port of a contender for this route; null where there is no proxy. */
export function portFor({ ports }: Contender, route: Route): number | null {
  if (ports === null) return null;
  return SOCKS5.includes(route) ? ports.socks : ports.http;
}

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
}

/** Starts one. */
export async function startContender(
  name: ContenderName,
  { folder, originCaFile }: StartPlace,
  children: Children,
): Promise<Contender | Missing> {
  if (name === "direct") {
    const ca = await Deno.readTextFile(originCaFile);
    return { name, ports: null, version: "", ca, pid: null, [Symbol.asyncDispose]: nothing };
  }
  const recipe = RECIPES[name];
  const program = await findProgram(recipe.program);
  const missing = `${name} is not installed: left out (${recipe.remedy})`;
  if (program === null) return { missing };
  const said = await outputOf(program, recipe.versionArgs);
  if (recipe.versionHas !== undefined && !said.includes(recipe.versionHas)) return { missing };
  await Deno.mkdir(folder);
  const ports = freePorts(recipe.hasTwoPorts === true);
  const place: Place = { folder, ports, program, originCaFile };
  const args = await recipe.args(place);
  if (args === null) return { missing };
  const child = children.start(program, args, {
    cwd: folder,
    isHeard: recipe.isLoud !== true,
    env: recipe.env?.(place) ?? {},
  });
  try {
    for (const port of new Set([ports.http, ports.socks])) await untilAccepting(name, child, port);
    const ca = recipe.caFile === undefined ? "" : await Deno.readTextFile(recipe.caFile(place));
    return {
      name,
      ports,
      version: await recipe.version?.(place) ?? said.split("\n")[0] ?? "",
      ca,
      pid: child.pid,
      [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
    };
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw error;
  }
}

async function nothing(): Promise<void> {}

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
