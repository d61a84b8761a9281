import { lookup } from "node:dns/promises";
import { ConnectError } from "./errors.ts";
import { type IpAddress, parseIp } from "./ip.ts";
import type { Resolver } from "./ports.ts";

/**
 * Look-ups under way at once. Each holds a thread of the runtime's pool (512, shared with file access)
 * until the system gives up, even after nobody waits for it any more.
 */
const LOOKUPS_AT_ONCE = 128;

const LOOPBACK: readonly IpAddress[] = [
  { family: 4, bits: 0x7f000001n },
  { family: 6, bits: 1n },
];

/**
 * Resolves as the system does (`getaddrinfo`: hosts file, DNS, whatever is configured). Names under
 * `localhost` never leave the machine: they are loopback by definition (RFC 6761 section 6.3).
 */
export function systemResolver(): Resolver {
  let running = 0;
  const waiting: (() => void)[] = [];
  // A place goes straight to the first who waits, so that nobody can come between.
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  const lookUp = async (name: string) => {
    try {
      return await lookup(name, { all: true, verbatim: true });
    } finally {
      leave();
    }
  };
  return async (name, signal) => {
    signal.throwIfAborted();
    if (name === "localhost" || name.endsWith(".localhost")) return LOOPBACK;
    if (running < LOOKUPS_AT_ONCE) running += 1;
    else await turn(waiting, signal);
    return addresses(name, await abortable(lookUp(name), signal));
  };
}

function addresses(name: string, answer: readonly { address: string }[] | Error): IpAddress[] {
  if (answer instanceof Error) {
    throw new ConnectError("dns_failure", `Cannot resolve "${name}"`, { cause: answer });
  }
  const found: IpAddress[] = [];
  for (const { address } of answer) {
    // A zone (fe80::1%eth0) makes an address that policy cannot judge: it is left out.
    const ip = parseIp(address);
    if (ip !== null) found.push(ip);
  }
  if (found.length === 0) throw new ConnectError("dns_failure", `Cannot resolve "${name}"`);
  return found;
}

/** Waits for a place. Who gives up leaves the queue. */
function turn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = () => {
    waiting.splice(waiting.indexOf(start), 1);
    reject(signal.reason);
  };
  const start = () => {
    signal.removeEventListener("abort", stop);
    resolve();
  };
  signal.addEventListener("abort", stop, { once: true });
  waiting.push(start);
  return promise;
}

/** The answer, or the error as a value; rejects with the signal's reason when that comes first. */
function abortable<T>(answer: Promise<T>, signal: AbortSignal): Promise<T | Error> {
  const { promise, resolve, reject } = Promise.withResolvers<T | Error>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  answer.then(resolve, (error) => resolve(error as Error)).finally(() =>
    signal.removeEventListener("abort", stop)
  );
  return promise;
}
