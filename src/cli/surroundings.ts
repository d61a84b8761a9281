import type { Clock, Dialer, Resolver } from "../net/ports.ts";
import { systemClock } from "../net/system_clock.ts";
import { systemResolver } from "../net/system_resolver.ts";
import { tcpDialer } from "../net/tcp_dialer.ts";
import { type ProxyOptions, type RunningProxy, startProxy } from "../proxy/proxy.ts";
import { type Spawn, systemSpawn } from "./child.ts";
import { withoutSearchList } from "./search_list.ts";
import { type ListenSignals, systemSignals } from "./signals/listen_signals.ts";
import { makeTerminal, permitsColour, type Terminal } from "./printed/terminal.ts";

/** All that the commands touch of the machine they run on, so that a test can own each. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly os: typeof Deno.build.os;
  readonly terminal: Terminal;
  /** Whether somebody sits at our standard input. */
  readonly stdinIsTerminal: boolean;
  readonly signals: ListenSignals;
  readonly spawn: Spawn;
  readonly dial: Dialer;
  readonly resolve: Resolver;
  readonly clock: Clock;
  readonly startProxy: (options: ProxyOptions) => RunningProxy;
}

/** The real ones. */
export function systemSurroundings(): Surroundings {
  const env = Deno.env.toObject();
  const searchList = withoutSearchList(env);
  return {
    env,
    os: Deno.build.os,
    terminal: makeTerminal(Deno.stdout, Deno.stderr, permitsColour(env), systemClock),
    stdinIsTerminal: Deno.stdin.isTerminal(),
    signals: systemSignals,
    spawn: (words, env) => searchList.duringSpawn(() => systemSpawn(words, env)),
    dial: tcpDialer,
    resolve: systemResolver(),
    clock: systemClock,
    startProxy,
  };
}
