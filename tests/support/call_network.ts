import type { CallPorts } from "../../src/calls/call_straight.ts";
import { formatSocketAddress } from "../../src/net/address/endpoint.ts";
import { formatHost } from "../../src/net/address/host.ts";
import { tcpDialer } from "../../src/net/tcp_dialer.ts";
import type { Origin } from "./origin.ts";
import { ip } from "./policy.ts";
import { asSecure } from "./secure_stream.ts";

/** The network of a test: what was looked up and dialled, in order. */
export interface CallNetwork extends CallPorts {
  readonly log: string[];
}

/** A network in which every address is the origin. */
export function callNetwork(origin: Origin, parts: Partial<CallPorts> = {}): CallNetwork {
  const log: string[] = [];
  return {
    log,
    resolve: (name) => {
      log.push(`resolve ${name}`);
      return Promise.resolve([ip("192.0.2.1")]);
    },
    dial: (to, signal) => {
      log.push(`dial ${formatSocketAddress(to)}`);
      return tcpDialer(origin.address, signal);
    },
    startTls: (stream, host) => {
      log.push(`tls ${formatHost(host)}`);
      return Promise.resolve(asSecure(stream));
    },
    ...parts,
  };
}
