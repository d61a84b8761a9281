/** What the load generator can be asked to do, over and over, until its time is up. */
export type Work =
  /** `GET` of 1 KiB on a kept connection. */
  | "requests"
  /** The same on a new connection for each, ended by the other side. */
  | "closing"
  /** `GET` of a host that the policy denies, on a kept connection. */
  | "denied"
  /** `GET` of 1 KiB by TLS on a new connection, all that it takes to open one included. */
  | "visits"
  /** A new tunnel, one message there and back, closed by the origin. */
  | "tunnels"
  /** A new connection, and a tunnel to a host that the policy denies. */
  | "denied_tunnels"
  /** One message there and back, on tunnels that stand. */
  | "messages"
  /** `GET` of 64 MiB. */
  | "download"
  /** `POST` of 64 MiB. */
  | "upload"
  /** Datagrams there and back, each as long as a message. */
  | "datagrams";

/** How work goes through a proxy: what a contender may speak or not. Without a proxy it makes no difference. */
export type Route =
  /** Plain HTTP requests in absolute form. */
  | "forward"
  /** HTTP in a tunnel that `CONNECT` opened. */
  | "connect"
  /** A tunnel that SOCKS5 opened. */
  | "socks5"
  /** Datagrams through a UDP association of SOCKS5. */
  | "socks5_udp"
  /** HTTPS in a tunnel that `CONNECT` opened, and that the proxy looks into. */
  | "intercepted"
  /** The same by HTTP/2. */
  | "intercepted_http2";

/** Whether the work is counted in bytes. */
export function isBulk(work: Work): boolean {
  return work === "download" || work === "upload";
}

/** One stretch of load on one way to the origin. */
export interface Job {
  readonly work: Work;
  readonly route: Route;
  /** Connections, or associations, at work at once. */
  readonly connections: number;
  /**
   * Datagrams under way at once on each association, and requests on each connection of HTTP/2; everything else
   * does one thing after the other.
   */
  readonly window: number;
  readonly ms: number;
  /** How long it is under way before the time counts; only for what the load generator in C does. */
  readonly rampMs: number;
  readonly origin: OriginPorts;
  /** Where the proxy listens on 127.0.0.1; null goes straight to the origin. */
  readonly proxy: number | null;
  /** Who must have signed what is shown as `localhost` by TLS, in PEM; empty where nobody is to be trusted. */
  readonly ca: string;
}

/** Where the origin listens on 127.0.0.1. */
export interface OriginPorts {
  readonly http: number;
  readonly echo: number;
  /** The same for one message, and then closes. */
  readonly echoOnce: number;
  /** Sends each datagram back to where it came from. */
  readonly udpEcho: number;
  /** The same as `http` by TLS, as `localhost`. */
  readonly https: number;
  /** Only the small answer by TLS, without the wait that the one above has at the beginning of a connection. */
  readonly httpsNew: number;
  /** Only the small answer by HTTP/2. */
  readonly http2: number;
}

/** What came of a {@linkcode Job}. */
export type Outcome = Done | Failed;

/** It ran. */
export interface Done {
  /** Requests, tunnels, messages or datagrams a second; for bulk, MB (a million bytes) a second. */
  readonly rate: number;
  /** How long one took, in milliseconds: the middle one, and the one that 99 of 100 were faster than. */
  readonly p50: number;
  readonly p99: number;
  /** How many went well, of bulk how many MiB; only they are counted above. */
  readonly done: number;
  /** The same with what was done before the time counted: all that the proxy worked for. */
  readonly work: number;
  /** How many did not, or were lost, and what was wrong with the first of them. */
  readonly faults: number;
  readonly fault?: string;
}

/** None of them went well. */
export interface Failed {
  readonly failed: string;
}

/** What a message is. */
export const MESSAGE_BYTES = 100;
/** What bulk is counted in where it is not a rate. */
export const MIB = 1024 * 1024;
/** What bulk is. */
export const BULK_BYTES = 64 * MIB;
/** The size of one write of bulk, and of the buffer it is read into. */
export const BULK_STEP_BYTES = 256 * 1024;
/** What every small body ends with, and nothing else does: the load need not parse to see the end. */
export const SMALL_BODY = `${"x".repeat(1020)}END\n`;
