/** Every ceiling a peer could push against. None is "unlimited". `[network.limits]` sets them. */
export interface Limits {
  /** Client connections held at once; one more is answered 503. */
  readonly connections: number;
  /** Of those, the ones of one client; one more is answered 429. */
  readonly connectionsPerClient: number;
  /** Bytes of a request or response head, its first line included. */
  readonly headBytes: number;
  /** Bytes of a request line, without its end; a longer one is answered 414. */
  readonly requestLineBytes: number;
  /** Header fields in a head, and fields in a trailer section. */
  readonly headFields: number;
  /** From the first byte of a request head to its end. */
  readonly headMs: number;
  /** A client connection on which nothing was ever said. */
  readonly firstByteMs: number;
  /** A client connection between two requests. */
  readonly idleMs: number;
  /** Between two reads of a body that is being carried. */
  readonly bodyIdleMs: number;
  /** From the end of the request to the head of the response. */
  readonly responseMs: number;
  /** A tunnel in which neither side says anything. */
  readonly tunnelIdleMs: number;
  /** One look-up. */
  readonly dnsMs: number;
  /** Look-ups that are under way or wait for their turn; one more is answered 503. */
  readonly dnsLookups: number;
  /** Addresses of one look-up that are tried; all of them are judged. */
  readonly dnsAddresses: number;
  /** All attempts to connect for one request. */
  readonly connectMs: number;
  /** UDP associations held at once. */
  readonly udpAssociations: number;
  /** Destinations that one UDP association remembers; the one unused for longest goes first. */
  readonly udpDestinations: number;
  /** A UDP association in which neither side says anything. */
  readonly udpIdleMs: number;
  /** Questions that wait for a person at once; one more is answered as if nobody could be asked. */
  readonly questions: number;
  /** Readers of the admin API's events at once. */
  readonly eventReaders: number;
  /** Hosts whose certificates are kept for interception; the one unused for longest goes first. */
  readonly interceptedCertificates: number;
}

/** The name of a limit. */
export type LimitName = keyof Limits;

/** Told of each time that somebody came to a limit. Returns at once. */
export type Reached = (limit: LimitName) => void;

/** Descriptors of ours: two a tunnel, which stays below the 20,000 that common systems allow a process. */
const CONNECTIONS = 8192;

/** The limits when the configuration sets none. */
export const DEFAULT_LIMITS: Limits = {
  connections: CONNECTIONS,
  connectionsPerClient: shareOfOne(CONNECTIONS),
  headBytes: 64 * 1024,
  // RFC 9112 section 3 asks for 8000 at least, and most servers stop between that and this.
  requestLineBytes: 16 * 1024,
  headFields: 100,
  headMs: 10_000,
  // Browsers open connections ahead of need, and take it well when one of them ends.
  firstByteMs: 60_000,
  idleMs: 300_000,
  bodyIdleMs: 300_000,
  // Models may think for minutes before the first byte of an answer.
  responseMs: 900_000,
  tunnelIdleMs: 3_600_000,
  dnsMs: 5000,
  // Some sixteen are under way at a time: a longer line would be over before its end is reached.
  dnsLookups: 1024,
  dnsAddresses: 16,
  connectMs: 10_000,
  // Up to three sockets each, beside the control connection.
  udpAssociations: 1024,
  // More than any client of DNS or QUIC speaks to at a time.
  udpDestinations: 256,
  // RFC 4787 REQ-5: two minutes at least, five recommended.
  udpIdleMs: 300_000,
  // Nobody reads a longer list before its questions time out.
  questions: 64,
  // Some dashboards and a script or two, each with a queue of events of its own.
  eventReaders: 16,
  // Some kilobytes each, and a fresh one costs a signature.
  interceptedCertificates: 1000,
};

/**
 * How many connections one client may hold where nothing else is said. Whoever is alone has room for whatever it
 * does; whoever takes all of that leaves a quarter to the others.
 */
export function shareOfOne(connections: number): number {
  return Math.ceil(connections * 3 / 4);
}

/** How a limit is called under `[network.limits]`, and in metrics: `head_seconds` for `headMs`. */
export function limitKey(limit: LimitName): string {
  return limit.replace(/Ms$/, "Seconds").replaceAll(
    /[A-Z]/g,
    (letter) => `_${letter.toLowerCase()}`,
  );
}

/** Which limit it was, as a clause of an answer of ours. */
export function limitWords(limit: LimitName): string {
  return `${limitKey(limit)} under [network.limits]`;
}

/** What the steps of connecting have in hand beyond their own limits, which are to end them first. */
const SLACK_MS = 5000;

/** How long a client may wait until its request is on its way. A net under the limits of the steps. */
export function connectingMs(limits: Limits): number {
  return limits.dnsMs + limits.connectMs + SLACK_MS;
}
