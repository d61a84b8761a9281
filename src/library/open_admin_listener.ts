import { serveAdmin } from "../admin/serve.ts";
import type { Answering } from "../admin/serve_calls.ts";
import type { SocketAddress } from "../net/address/endpoint.ts";
import { formatSocketAddress } from "../net/address/endpoint.ts";
import type { Clock } from "../net/ports.ts";
import type { ProxySettings } from "./network_proxy_builder.ts";

/** An admin API that listens, and answers once there is a proxy. */
export interface AdminListener {
  readonly address: SocketAddress;
  readonly token: string;
  readonly answerWith: (answer: Answering) => void;
  readonly close: () => Promise<void>;
}

/** Takes the port of the admin API. */
export function openAdminListener(
  at: SocketAddress,
  { adminToken, onDiagnostic }: Pick<ProxySettings, "adminToken" | "onDiagnostic">,
  clock: Clock,
): AdminListener {
  const { promise: answer, resolve } = Promise.withResolvers<Answering>();
  try {
    const server = serveAdmin(at, { answer, clock, diagnose: onDiagnostic });
    return {
      address: server.address,
      token: adminToken ?? crypto.randomUUID(),
      answerWith: resolve,
      close: () => server.close(),
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot listen on ${formatSocketAddress(at)} for the admin API: ${why}`, {
      cause,
    });
  }
}
