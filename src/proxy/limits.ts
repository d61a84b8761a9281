/**
 * Every ceiling a peer could push against. A count of 0 is never "unlimited"; a time always ends.
 * `[network.limits]` sets them, under the names in {@linkcode LIMIT_KEYS}.
 */
export interface Limits {
  /** Client connections held at once; one more is answered 503. */
  readonly connections: number;
  /** Bytes of a request or response head, its first line included. */
  readonly headBytes: number;
  /** Header fields in a head, and fields in a trailer section. */
  readonly headFields: number;
  /** From the first byte of a request head to its end. */
  readonly headMs: number;
  /** A client connection without a request on it. */
  readonly idleMs: number;
  /** Between two reads of a body that is being carried. */
  readonly bodyIdleMs: number;
  /** From the end of the request to the head of the response. */
  readonly responseMs: number;
  /** A tunnel in which neither side says anything. */
  readonly tunnelIdleMs: number;
  /** One look-up. */
  readonly dnsMs: number;
  /** Addresses of one look-up that are tried; all of them are judged. */
  readonly dnsAddresses: number;
  /** All attempts to connect for one request. */
  readonly connectMs: number;
}

/** A megabyte of anything is no head; the head is held whole in memory. */
const HEAD_BYTES_CEILING = 1024 * 1024;
/** A day: longer waits are leaks. */
const SECONDS_CEILING = 86_400;

/** How a key of `[network.limits]` is read. */
export interface LimitKey {
  readonly field: keyof Limits;
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
  /** Seconds in the file become milliseconds inside. */
  readonly seconds: boolean;
  readonly meaning: string;
}

const seconds = (field: keyof Limits, fallback: number, meaning: string): LimitKey => ({
  field,
  fallback,
  min: 1,
  max: SECONDS_CEILING,
  seconds: true,
  meaning,
});

const count = (
  field: keyof Limits,
  fallback: number,
  min: number,
  max: number,
  meaning: string,
): LimitKey => ({ field, fallback, min, max, seconds: false, meaning });

/** The keys of `[network.limits]`, their defaults and bounds. */
export const LIMIT_KEYS: Readonly<Record<string, LimitKey>> = {
  // Two descriptors a tunnel: this stays below the 20,000 that common systems allow a process.
  connections: count("connections", 8192, 1, 1_000_000, "client connections at once"),
  head_bytes: count("headBytes", 64 * 1024, 1024, HEAD_BYTES_CEILING, "bytes of a head"),
  head_fields: count("headFields", 100, 8, 1000, "header fields in a head"),
  head_seconds: seconds("headMs", 10, "from the first byte of a head to its last"),
  idle_seconds: seconds("idleMs", 300, "a kept connection without a request"),
  body_idle_seconds: seconds("bodyIdleMs", 300, "between two reads of a body"),
  // Models may think for minutes before the first byte of an answer.
  response_seconds: seconds("responseMs", 900, "from the request to the head of its response"),
  tunnel_idle_seconds: seconds("tunnelIdleMs", 3600, "a tunnel in which nobody speaks"),
  dns_seconds: seconds("dnsMs", 5, "one look-up"),
  dns_addresses: count("dnsAddresses", 16, 1, 256, "addresses of one look-up that are tried"),
  connect_seconds: seconds("connectMs", 10, "all attempts to connect for a request"),
};

/** The limits when the configuration sets none. */
export const DEFAULT_LIMITS: Limits = Object.fromEntries(
  Object.values(LIMIT_KEYS).map((key) => [key.field, key.fallback * (key.seconds ? 1000 : 1)]),
) as unknown as Limits;

/** What the steps of connecting have in hand beyond their own limits, which are to end them first. */
const SLACK_MS = 5000;

/** How long a client may wait until its request is on its way. A net under the limits of the steps. */
export function connectingMs(limits: Limits): number {
  return limits.dnsMs + limits.connectMs + SLACK_MS;
}
