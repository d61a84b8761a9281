import { HELLO_BYTES_MAX, readFirstWords } from "../tls/client_hello.ts";
import type { Inside } from "../policy/inside_guard.ts";
import type { TunnelRequest } from "../policy/request.ts";
import type { Grant, Refused } from "./authorize.ts";
import type { ClientConnection } from "./client_connection.ts";

/** A record header for each few bytes of a message at worst: who splits it finer is not a client. */
const READ_BYTES_MAX = 2 * HELLO_BYTES_MAX;

/**
 * Reads the first words of a client inside a tunnel, and asks policy whether they are what was allowed. They stay
 * in the client's reader, unchanged, for the relay. Resolves to the refusal, or to null; within `ms`.
 */
export async function lookInside(
  client: ClientConnection,
  { policy }: Grant,
  request: TunnelRequest,
  ms: number,
): Promise<Refused | null> {
  if (!policy.looksInside(request)) return null;
  const inside = await readInside(client, ms);
  // It ended before it said anything: there is nothing to carry, and nothing to refuse.
  if (inside === null) return null;
  const refusal = policy.decideInside(request, inside);
  return refusal === null ? null : { ...refusal, policy };
}

/** Tells what the first words are, within `ms`. Null when there are none, and none will come. */
export async function readInside(client: ClientConnection, ms: number): Promise<Inside | null> {
  const silence = Promise.withResolvers<Inside>();
  client.watch.set(ms, () => {
    client.reached("headMs");
    silence.resolve({ kind: "other", why: "it does not begin in time" });
  });
  return await Promise.race([firstWords(client), silence.promise]);
}

async function firstWords({ reader }: ClientConnection): Promise<Inside | null> {
  while (true) {
    const { buffered } = reader;
    const words = readFirstWords(buffered);
    if (words.kind === "hello") return { kind: "tls", names: words.names, hiding: words.hiding };
    if (words.kind === "not_tls") return { kind: "other", why: words.why };
    if (buffered.length > READ_BYTES_MAX) return { kind: "other", why: "it is too long" };
    if (await reader.fill()) continue;
    return buffered.length === 0 ? null : { kind: "other", why: "its ClientHello is cut short" };
  }
}
