// What one worker runs: the same doors as in the main isolate, on the same machine.
import { systemClock } from "../../net/system_clock.ts";
import { systemResolver } from "../../net/system_resolver.ts";
import { tcpDialer } from "../../net/tcp_dialer.ts";
import { tlsClient } from "../../net/tls_client.ts";
import { bindUdp } from "../../net/udp_socket.ts";
import { systemUnixSockets } from "../../net/unix_sockets.ts";
import type { FromWorker, ToWorker } from "../../proxy/workers/messages.ts";
import { serveWorker } from "../../proxy/workers/serve_worker.ts";
import { workerWays } from "./worker_ways.ts";

/** The isolate, as seen from inside: the types are those of the main one. */
const isolate = globalThis as unknown as {
  onmessage: (event: { readonly data: ToWorker }) => void;
  postMessage(message: FromWorker): void;
  addEventListener(type: "error", heed: (event: ErrorEvent) => void): void;
  addEventListener(type: "unhandledrejection", heed: (event: PromiseRejectionEvent) => void): void;
};

const { hear, fail } = serveWorker({
  outside: {
    dial: tcpDialer,
    resolve: systemResolver(),
    clock: systemClock,
    startTls: tlsClient,
    bindUdp,
    unixSockets: systemUnixSockets(Deno.build.os),
  },
  ways: (setup, limits) => workerWays(setup, limits, systemClock),
  post: (message) => isolate.postMessage(message),
});
isolate.onmessage = ({ data }) => hear(data);

// Left alone, the runtime would print a fault, and only then end.
isolate.addEventListener("error", (event) => {
  event.preventDefault();
  fail(textOf(event.error ?? event.message));
});
isolate.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  fail(textOf(event.reason));
});

function textOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
