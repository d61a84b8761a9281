import type { SocketAddress } from "../../src/net/address/endpoint.ts";
import { listenTcp } from "../../src/net/tcp_listener.ts";
import { inTime, until } from "./in_time.ts";
import { onLowPort } from "./low_port.ts";
import { ip } from "./policy.ts";
import { Wire } from "./wire.ts";

/** What the origin does with one connection; `index` counts them from 0. When it ends, the connection stays. */
export type Script = (wire: Wire, index: number) => Promise<void>;

/** A server that believes nothing, records everything and does what a test tells it. */
export interface Origin extends AsyncDisposable {
  readonly address: SocketAddress;
  /** Every connection there ever was, in order. */
  readonly connections: readonly Wire[];
  /** Every byte that ever came, over all connections. */
  readonly received: string;
  /** The connection of that number, once it is there. */
  connection(index?: number): Promise<Wire>;
}

/** Starts an origin on 127.0.0.1, or where else `hostname` says, on a free port. */
export function startOrigin(script: Script, hostname = "127.0.0.1"): Origin {
  const listener = onLowPort((port) => listenTcp({ ip: ip(hostname), port }));
  const connections: Wire[] = [];
  const scripts: Promise<void>[] = [];
  const faults: unknown[] = [];
  let over = false;
  const accepting = (async () => {
    while (true) {
      const accepted = await listener.accept();
      if (accepted === null) return;
      const wire = new Wire(accepted.stream);
      connections.push(wire);
      // A script that is cut off by the end of the test has done its part.
      scripts.push(
        script(wire, connections.length - 1).catch((error) => {
          if (!over && wire.ending === null) faults.push(error);
        }),
      );
    }
  })();
  return {
    address: listener.address,
    connections,
    get received(): string {
      return connections.map((wire) => wire.received).join("");
    },
    async connection(index = 0): Promise<Wire> {
      await until(() => connections.length > index, `there is a connection ${index} to the origin`);
      return connections[index]!;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      over = true;
      listener.close();
      await accepting;
      for (const wire of connections) await wire[Symbol.asyncDispose]();
      await inTime(Promise.all(scripts), "the scripts of the origin to end");
      if (faults.length > 0) throw new AggregateError(faults, "The origin's script failed");
    },
  };
}

/** Takes everything and says nothing. */
export const silent: Script = (): Promise<void> => Promise.resolve();

/** Answers each request with the next of `responses`, the last one for ever, as they stand. */
export function answering(...responses: readonly string[]): Script {
  return async (wire) => {
    for (let index = 0;; index++) {
      await wire.readMessage();
      await wire.send(responses[Math.min(index, responses.length - 1)]!);
    }
  };
}

/** `HTTP/1.1 200 OK` with a body of a length that it tells. */
export function ok(body = "hello", ...fields: readonly string[]): string {
  const lines = ["HTTP/1.1 200 OK", ...fields, `Content-Length: ${body.length}`];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}
