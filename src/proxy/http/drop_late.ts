import { ProtocolError } from "../../net/errors.ts";
import type { ClientConnection } from "../client_connection.ts";
import { type LimitName, limitWords } from "../limits.ts";
import { protocolErrorReply } from "../reply.ts";

/** Says what did not come in time, if the client takes it at once, and drops it. */
export function dropLate(client: ClientConnection, limit: LimitName, what: string): void {
  client.reached(limit);
  client.answer(protocolErrorReply(tooSlow(limit, what))).catch(() => {
    // It is gone, or does not even read: nothing is owed.
  }).finally(() => client.close());
}

/** What a client is told that took too long. */
export function tooSlow(limit: LimitName, what: string): ProtocolError {
  const message = `${what} did not arrive in time (${limitWords(limit)})`;
  return new ProtocolError("client", "too_slow", message);
}
