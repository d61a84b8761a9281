import { systemFolder } from "../config/config_home.ts";
import type { StartHelperProcess } from "./deciders/helper_process.ts";
import { systemHelperProcess } from "./deciders/system_helper.ts";
import type { WorkerMachine } from "../proxy/workers/workers.ts";
import type { Clock, Dialer, Resolver, TlsClient, UdpBinder, UnixSockets } from "../net/ports.ts";
import { systemClock } from "../net/system_clock.ts";
import { systemResolver } from "../net/system_resolver.ts";
import { tcpDialer } from "../net/tcp_dialer.ts";
import { tlsClient } from "../net/tls_client.ts";
import { bindUdp } from "../net/udp_socket.ts";
import { systemUnixSockets } from "../net/unix_sockets.ts";
import { systemWorkers } from "./workers/system_workers.ts";

/** All of the machine that a proxy touches, so that a test can own each part. */
export interface Machine {
  readonly env: Readonly<Record<string, string>>;
  readonly os: typeof Deno.build.os;
  /** Where this machine's own configuration is, for all of its users; null where there is no such place. */
  readonly systemFolder: string | null;
  readonly dial: Dialer;
  readonly resolve: Resolver;
  readonly clock: Clock;
  readonly startTls: TlsClient;
  readonly bindUdp: UdpBinder;
  /** Null where the system has none. */
  readonly unixSockets: UnixSockets | null;
  /** Starts the program that decides where no rule does. */
  readonly startDecider: StartHelperProcess;
  /** Null where there are no workers. */
  readonly workers: WorkerMachine | null;
}

/** The real one. */
export function systemMachine(env: Readonly<Record<string, string>>): Machine {
  const { os } = Deno.build;
  return {
    env,
    os,
    systemFolder: systemFolder(os, env),
    dial: tcpDialer,
    resolve: systemResolver(),
    clock: systemClock,
    startTls: tlsClient,
    bindUdp,
    unixSockets: systemUnixSockets(os),
    startDecider: systemHelperProcess,
    workers: systemWorkers,
  };
}
