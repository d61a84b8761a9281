/** Every ceiling a peer could push against. None is "unlimited". `[network.limits]` sets them. */
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
}

/** The limits when the configuration sets none. */
export const DEFAULT_LIMITS: Limits = {
  // Two descriptors a tunnel: this stays below the 20,000 that common systems allow a process.
  connections: 8192,
  headBytes: 64 * 1024,
  headFields: 100,
  headMs: 10_000,
  idleMs: 300_000,
  bodyIdleMs: 300_000,
  // Models may think for minutes before the first byte of an answer.
  responseMs: 900_000,
  tunnelIdleMs: 3_600_000,
  dnsMs: 5000,
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
};

/** What the steps of connecting have in hand beyond their own limits, which are to end them first. */
const SLACK_MS = 5000;

/** How long a client may wait until its request is on its way. A net under the limits of the steps. */
export function connectingMs(limits: Limits): number {
  return limits.dnsMs + limits.connectMs + SLACK_MS;
}
