import { type Authority, makeAuthority } from "./authority.ts";
import { doorward, type DoorwardOptions, spawnDoorward } from "./doorward_cli.ts";
import { type Outside, startOutside } from "./outside.ts";
import type { Ended, RunningProgram } from "./programs.ts";
import { makeScratch, type Scratch } from "./scratch.ts";
import { greet, type Handler, startWebOrigin, type WebOrigin } from "./web_origin.ts";

/** What a test of interception sets. */
export interface InterceptedWorldOptions {
  /** Lines below `[network]`. */
  readonly settings?: string;
  /** What the servers may be used for, as TOML; everything, but looked at, unless said otherwise. Null writes no rule. */
  readonly rule?: string | null;
  /** Whether TLS is ended; it is, unless this is false. */
  readonly mitm?: boolean;
  /** Whether `upstream_ca_file` names who signed the server's certificate; it does, unless this is false. */
  readonly trustsServer?: boolean;
  /** Another server in place of the one with TLS, at {@linkcode SERVER_IP}. */
  readonly behind?: (authority: Authority, scratch: Scratch) => Promise<OtherServer>;
  /** What both servers answer, to {@linkcode greet} unless said otherwise. */
  readonly origin?: (scratch: Scratch) => Promise<Handler>;
}

/** A server that a test brings along. The world ends it. */
export interface OtherServer extends AsyncDisposable {
  readonly port: number;
}

/** A server with TLS and one without, and a Doorward that looks into what goes there. */
export interface InterceptedWorld extends AsyncDisposable {
  readonly scratch: Scratch;
  /** Who signed the server's certificate. Doorward trusts it, by `upstream_ca_file`. */
  readonly authority: Authority;
  /** The server at {@linkcode BY_NAME}, over TLS. */
  readonly server: WebOrigin;
  /** The same by its address, which leads there without any other proxy. */
  readonly byAddress: string;
  /** The server without TLS, at port 80 of {@linkcode SERVER}. */
  readonly plain: WebOrigin;
  readonly outside: Outside;
  /** Runs a program behind `doorward run`. */
  run(words: readonly string[], options?: DoorwardOptions): Promise<Ended>;
  /** Starts one. The process is Doorward's own. */
  spawn(words: readonly string[], options?: DoorwardOptions): RunningProgram;
}

/** The name of both servers. No resolver knows it: it is outside. */
export const SERVER = "allowed.test";
/** Not 127.0.0.1: clients go there directly, as `NO_PROXY` says. */
export const SERVER_IP = "127.0.0.2";
/** Where the server with TLS is. */
export const BY_NAME = `https://${SERVER}`;

/** Starts the servers and writes the configuration where Doorward looks for one. */
export async function makeInterceptedWorld(
  options: InterceptedWorldOptions = {},
): Promise<InterceptedWorld> {
  const { settings = "", mitm = true, rule = "{}", origin, behind, trustsServer = true } = options;
  await using stack = new AsyncDisposableStack();
  const scratch = stack.use(await makeScratch());
  const authority = await makeAuthority([`DNS:${SERVER}`, `IP:${SERVER_IP}`], scratch);
  const handler = await origin?.(scratch) ?? greet;
  const certificate = { ...authority, file: authority.certFile };
  const server = stack.use(startWebOrigin(handler, { hostname: SERVER_IP, certificate }));
  const plain = stack.use(startWebOrigin(handler, { hostname: SERVER_IP }));
  const { port } = behind === undefined ? server : stack.use(await behind(authority, scratch));
  const outside = stack.use(startOutside({
    [`${SERVER}:443`]: { hostname: SERVER_IP, port },
    [`${SERVER}:80`]: { hostname: SERVER_IP, port: plain.port },
  }));
  await scratch.configure(`[network]
enabled = true
allowed_domains = ["${SERVER}", "${SERVER_IP}"]
mitm = ${mitm}
${trustsServer ? `upstream_ca_file = "${authority.caFile}"` : ""}
upstream_proxy = "${outside.url}"
${settings}
${rule === null ? "" : `[network.rules]\n"${SERVER}" = ${rule}\n"${SERVER_IP}" = ${rule}`}
`);
  const owned = stack.move();
  return {
    scratch,
    authority,
    server,
    byAddress: `https://${SERVER_IP}:${port}`,
    plain,
    outside,
    run: (words, options) => doorward(["run", "--", ...words], scratch, options),
    spawn: (words, options) => spawnDoorward(["run", "--", ...words], scratch, options),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
