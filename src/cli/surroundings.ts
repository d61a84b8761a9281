import { systemFolder } from "../config/config_home.ts";
import { serveAdmin } from "../admin/serve.ts";
import type { Clock, Dialer, Resolver, TlsClient, UdpBinder, UnixSockets } from "../net/ports.ts";
import { systemClock } from "../net/system_clock.ts";
import { systemResolver } from "../net/system_resolver.ts";
import { tcpDialer } from "../net/tcp_dialer.ts";
import { tlsClient } from "../net/tls_client.ts";
import { bindUdp } from "../net/udp_socket.ts";
import type { ByteStream } from "../net/stream/stream.ts";
import { systemUnixSockets } from "../net/unix_sockets.ts";
import { type ProxyOptions, type RunningProxy, startProxy } from "../proxy/proxy.ts";
import { type StartHelper, systemHelper } from "./ask/helper_program.ts";
import { type Spawn, systemSpawn } from "./child.ts";
import { type Program, systemProgram } from "./program.ts";
import { withoutSearchList } from "./search_list.ts";
import { type ListenSignals, systemSignals } from "./signals/listen_signals.ts";
import { makeTerminal, permitsColour, type Terminal } from "./printed/terminal.ts";

/** All that the commands touch of the machine they run on, so that a test can own each. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly os: typeof Deno.build.os;
  /** Where this machine's own configuration is, for all of its users; null where there is no such place. */
  readonly systemFolder: string | null;
  /** The folder that this was called in. */
  readonly cwd: () => string;
  readonly terminal: Terminal;
  /** Standard input as it comes, for `connect`; everybody else leaves it to the child. */
  readonly stdin: Pick<ByteStream, "read">;
  /** Standard output for bytes that nobody may touch; what is printed goes through `terminal`. */
  readonly stdout: Pick<ByteStream, "write">;
  /** Whether somebody sits at our standard input. */
  readonly stdinIsTerminal: boolean;
  /** Whether standard input was a terminal and is none any more: it was closed. */
  readonly terminalIsGone: () => boolean;
  /** Makes readable what is half typed: see `stdinKeys`. */
  readonly pushInput: () => void;
  /** Of this process. */
  readonly pid: number;
  readonly startHelper: StartHelper;
  readonly serveAdmin: typeof serveAdmin;
  readonly signals: ListenSignals;
  /** How this program is called once more. */
  readonly program: () => Program;
  readonly spawn: Spawn;
  readonly dial: Dialer;
  readonly resolve: Resolver;
  readonly clock: Clock;
  readonly startTls: TlsClient;
  readonly bindUdp: UdpBinder;
  /** Null where the system has none. */
  readonly unixSockets: UnixSockets | null;
  /** Takes the permission to write files from this process, for good. */
  readonly giveUpWriting: () => void;
  readonly startProxy: (options: ProxyOptions) => RunningProxy;
}

/** The real ones. */
export function systemSurroundings(): Surroundings {
  const env = Deno.env.toObject();
  const searchList = withoutSearchList(env);
  const stdinIsTerminal = Deno.stdin.isTerminal();
  return {
    env,
    os: Deno.build.os,
    systemFolder: systemFolder(Deno.build.os, env),
    cwd: Deno.cwd,
    terminal: makeTerminal(Deno.stdout, Deno.stderr, permitsColour(env), systemClock),
    stdin: Deno.stdin,
    stdout: Deno.stdout,
    stdinIsTerminal,
    terminalIsGone: () => stdinIsTerminal && !Deno.stdin.isTerminal(),
    pushInput: () => {
      // A line that is half typed is handed out when the terminal leaves line mode.
      Deno.stdin.setRaw(true, { cbreak: true });
      Deno.stdin.setRaw(false);
    },
    pid: Deno.pid,
    startHelper: systemHelper,
    serveAdmin,
    signals: systemSignals,
    program: systemProgram,
    spawn: (words, env) => searchList.duringSpawn(() => systemSpawn(words, env)),
    dial: tcpDialer,
    resolve: systemResolver(),
    clock: systemClock,
    startTls: tlsClient,
    bindUdp,
    unixSockets: systemUnixSockets(Deno.build.os),
    giveUpWriting: () => void Deno.permissions.revokeSync({ name: "write" }),
    startProxy,
  };
}
