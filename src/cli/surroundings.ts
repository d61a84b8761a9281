import type { AdminServer, ServeOptions } from "../admin/serve.ts";
import { type Machine, systemMachine } from "../library/machine.ts";
import type { SocketAddress } from "../net/address/endpoint.ts";
import { systemClock } from "../net/system_clock.ts";
import type { ByteStream } from "../net/stream/stream.ts";
import type { ProxyOptions, RunningProxy } from "../proxy/proxy.ts";
import type { Instruments } from "./doctor/instruments.ts";
import { type StartHelper, systemHelper } from "./ask/helper_program.ts";
import { type Spawn, systemSpawn } from "./child.ts";
import { type Program, systemProgram } from "./program.ts";
import { withoutSearchList } from "./search_list.ts";
import { type ListenSignals, systemSignals } from "./signals/listen_signals.ts";
import { makeTerminal, permitsColour, type Terminal } from "./printed/terminal.ts";

/** All that the commands touch of the machine they run on, so that a test can own each. */
export interface Surroundings extends Machine {
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
  /** Loaded when it is called: `start` alone has an admin API. Rejects as `serveAdmin` throws. */
  readonly serveAdmin: (at: SocketAddress, options: ServeOptions) => Promise<AdminServer>;
  readonly signals: ListenSignals;
  /** How this program is called once more. */
  readonly program: () => Program;
  readonly spawn: Spawn;
  /** Takes the permission to write files from this process, for good. */
  readonly giveUpWriting: () => void;
  /** What `doctor` looks at this machine with; loaded for it alone. */
  readonly instruments: () => Promise<Instruments>;
  /** Loaded when it is called: most commands start none. Rejects as `startProxy` throws. */
  readonly startProxy: (options: ProxyOptions) => Promise<RunningProxy>;
}

/** The real ones. */
export function systemSurroundings(): Surroundings {
  const env = Deno.env.toObject();
  const searchList = withoutSearchList(env);
  const stdinIsTerminal = Deno.stdin.isTerminal();
  return {
    ...systemMachine(env),
    cwd: Deno.cwd,
    terminal: makeTerminal(
      Deno.stdout,
      Deno.stderr,
      permitsColour(env),
      systemClock,
      systemColumns,
    ),
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
    serveAdmin: async (at, options) => (await import("../admin/serve.ts")).serveAdmin(at, options),
    signals: systemSignals,
    program: () => systemProgram(env["PATH"] ?? env["Path"] ?? ""),
    spawn: (words, env) => searchList.duringSpawn(() => systemSpawn(words, env)),
    giveUpWriting: () => void Deno.permissions.revokeSync({ name: "write" }),
    instruments: async () => (await import("./doctor/system_instruments.ts")).systemInstruments,
    startProxy: async (options) => (await import("../proxy/proxy.ts")).startProxy(options),
  };
}

/** How wide the window is that one of our streams is in; null where none is, or has no width. */
function systemColumns(): number | null {
  try {
    // A terminal that nobody looks at, of `script` or `ssh -tt` say, has none.
    return Deno.consoleSize().columns || null;
  } catch {
    return null; // There is no terminal.
  }
}
