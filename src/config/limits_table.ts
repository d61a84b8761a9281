import { DEFAULT_LIMITS, type Limits, shareOfOne } from "../proxy/limits.ts";
import type { Findings } from "./toml/findings.ts";
import type { Located } from "./toml/located.ts";
import type { JsonSchema } from "./toml/json_schema.ts";
import {
  key,
  readTable,
  readWhole,
  tableSchema,
  type TableShape,
  wrong,
} from "./toml/value_readers.ts";

/** How a limit is written in `[network.limits]`: times in seconds, all else as a count. */
export interface LimitKey {
  readonly key: string;
  readonly min: number;
  readonly max: number;
  readonly meaning: string;
}

/** A day: longer waits are leaks. */
const SECONDS_MAX = 86_400;
/** The descriptors of the largest machines. */
const CONNECTIONS_MAX = 1_000_000;
/** Below, ordinary cookies do not fit; above, it is no head, and it is held whole in memory. */
const HEAD_BYTES_MIN = 1024;
const HEAD_BYTES_MAX = 1024 * 1024;
/** Below, ordinary browsers do not fit; above, it is a flood. */
const HEAD_FIELDS_MIN = 8;
const HEAD_FIELDS_MAX = 1000;
/** A quarter of a second each: nobody waits for more. */
const DNS_ADDRESSES_MAX = 256;
/** Each holds a request of a client that waits. */
const QUESTIONS_MAX = 10_000;
/** Each holds a request of a client that waits; more clients than that have no descriptors. */
const LOOKUPS_MAX = CONNECTIONS_MAX;
/** Some kilobytes each: a gigabyte is not for this. */
const CERTIFICATES_MAX = 100_000;
/** Each has a queue in memory, and every event is written to all of them. */
const EVENT_READERS_MAX = 1024;
/** The ports of one host. */
const UDP_DESTINATIONS_MAX = 65_535;

/** Every limit with its key, its bounds and its meaning. */
export const LIMIT_KEYS: Readonly<Record<keyof Limits, LimitKey>> = {
  connections: {
    key: "connections",
    min: 1,
    max: CONNECTIONS_MAX,
    meaning: "client connections at once",
  },
  connectionsPerClient: {
    key: "connections_per_client",
    min: 1,
    max: CONNECTIONS_MAX,
    meaning: "those of one client; three quarters of all unless set",
  },
  headBytes: {
    key: "head_bytes",
    min: HEAD_BYTES_MIN,
    max: HEAD_BYTES_MAX,
    meaning: "bytes of a head",
  },
  requestLineBytes: {
    key: "request_line_bytes",
    min: HEAD_BYTES_MIN,
    max: HEAD_BYTES_MAX,
    meaning: "bytes of a request line",
  },
  headFields: {
    key: "head_fields",
    min: HEAD_FIELDS_MIN,
    max: HEAD_FIELDS_MAX,
    meaning: "header fields in a head",
  },
  headMs: seconds("head_seconds", "from the first byte of a head to its last"),
  firstByteMs: seconds("first_byte_seconds", "a new connection on which nothing is said"),
  idleMs: seconds("idle_seconds", "a kept connection without a request"),
  bodyIdleMs: seconds("body_idle_seconds", "between two reads of a body"),
  responseMs: seconds("response_seconds", "from the request to the head of its response"),
  tunnelIdleMs: seconds("tunnel_idle_seconds", "a tunnel in which nobody speaks"),
  dnsMs: seconds("dns_seconds", "one look-up"),
  dnsLookups: {
    key: "dns_lookups",
    min: 1,
    max: LOOKUPS_MAX,
    meaning: "look-ups under way or waiting at once",
  },
  dnsAddresses: {
    key: "dns_addresses",
    min: 1,
    max: DNS_ADDRESSES_MAX,
    meaning: "addresses of one look-up that are tried",
  },
  connectMs: seconds("connect_seconds", "all attempts to connect for a request"),
  udpAssociations: {
    key: "udp_associations",
    min: 1,
    max: CONNECTIONS_MAX,
    meaning: "SOCKS5 UDP associations at once",
  },
  udpDestinations: {
    key: "udp_destinations",
    min: 1,
    max: UDP_DESTINATIONS_MAX,
    meaning: "destinations that one association remembers",
  },
  udpIdleMs: seconds("udp_idle_seconds", "an association in which nobody speaks"),
  questions: {
    key: "questions",
    min: 1,
    max: QUESTIONS_MAX,
    meaning: "questions that wait for a person at once",
  },
  eventReaders: {
    key: "event_readers",
    min: 1,
    max: EVENT_READERS_MAX,
    meaning: "readers of the admin API's events at once",
  },
  interceptedCertificates: {
    key: "intercepted_certificates",
    min: 1,
    max: CERTIFICATES_MAX,
    meaning: "certificates that are kept for interception",
  },
};

/** What one in the file is inside: a limit in milliseconds is written in seconds. */
export function unitOf(field: keyof Limits): number {
  return field.endsWith("Ms") ? 1000 : 1;
}

/** Reads `[network.limits]`; the limits that it does not name keep their defaults. */
export function readLimits(value: Located | undefined, findings: Findings): Limits {
  if (value === undefined) return DEFAULT_LIMITS;
  if (value.kind !== "table") {
    wrong(value, "limits", "a table: write [network.limits]", findings);
    return DEFAULT_LIMITS;
  }
  const written = readTable(value, SHAPE, findings);
  const limits: { -readonly [K in keyof Limits]: Limits[K] } = { ...DEFAULT_LIMITS };
  for (const field of FIELDS) limits[field] = written[LIMIT_KEYS[field].key]! * unitOf(field);
  if (!value.entries.has(LIMIT_KEYS.connectionsPerClient.key)) {
    limits.connectionsPerClient = shareOfOne(limits.connections);
  }
  return limits;
}

const FIELDS = Object.keys(LIMIT_KEYS) as (keyof Limits)[];

const SHAPE: TableShape<Record<string, number>> = {
  where: "[network.limits]",
  keys: Object.fromEntries(
    FIELDS.map((field) => {
      const { key: name, min, max, meaning } = LIMIT_KEYS[field];
      return [name, key(readWhole(min, max), meaning)];
    }),
  ),
  defaults: Object.fromEntries(
    FIELDS.map((field) => [LIMIT_KEYS[field].key, DEFAULT_LIMITS[field] / unitOf(field)]),
  ),
};

/** What `[network.limits]` takes. */
export const LIMITS_SCHEMA: JsonSchema = {
  description: "What a peer may ask for: times in seconds, all else as a count",
  ...tableSchema(SHAPE, SHAPE.defaults),
};

function seconds(key: string, meaning: string): LimitKey {
  return { key, min: 1, max: SECONDS_MAX, meaning };
}
