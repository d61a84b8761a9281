// The lines of an audit file as a JSON Schema: what `doorward audit schema` prints, and what `verify` holds them to.
import { PROTOCOLS } from "../policy/request.ts";
import {
  AUDIT_TARGET,
  type AuditAttribution,
  type AuditEndpoints,
  type AuditHead,
  type AuditMetadata,
  type AuditPlace,
  type CloseAudit,
  type DecisionAudit,
  type LossAudit,
  POLICY_DECISION,
  RECORDS_LOST,
  REQUEST_CLOSE,
} from "./audit_record.ts";

/** What a field takes. */
export interface FieldSchema {
  readonly description: string;
  readonly type: "string" | "integer" | "number" | "boolean";
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What a record takes, and nothing else. */
export interface RecordSchema {
  readonly description: string;
  readonly type: "object";
  readonly properties: Readonly<Record<string, FieldSchema>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

/** The fields that a record may be without. */
type OptionalOf<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** A schema of each field: one that is missing, or that there is not, does not compile. */
type FieldsOf<T> = { readonly [K in Extract<keyof T, string>]-?: FieldSchema };

/** The fields that may be missing: one that may not does not compile, nor does one that is forgotten. */
type OptionalIn<T> = { readonly [K in Extract<OptionalOf<T>, string>]: true };

const count = (description: string): FieldSchema => ({ description, type: "integer", minimum: 0 });
const text = (description: string): FieldSchema => ({ description, type: "string" });
const word = (description: string, ...words: readonly string[]): FieldSchema => ({
  description,
  type: "string",
  enum: words,
});

const METADATA = {
  "conversation.id": text("what the embedding program says of itself"),
  "app.version": text("what the embedding program says of itself"),
  "user.account_id": text("what the embedding program says of itself"),
} satisfies FieldsOf<AuditMetadata>;

const METADATA_OPTIONAL = {
  "conversation.id": true,
  "app.version": true,
  "user.account_id": true,
} satisfies OptionalIn<AuditMetadata>;

function headFields(name: string): FieldsOf<AuditHead> {
  return {
    target: { description: "always the same", type: "string", const: AUDIT_TARGET },
    "event.name": { description: "what the record is", type: "string", const: name },
    "event.timestamp": {
      description: "when it happened: RFC 3339, UTC, milliseconds",
      type: "string",
      pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z$",
    },
    ...METADATA,
  };
}

const INSTANCE = text("which proxy wrote it: no other that runs, or ran, has the same");

/** What decisions and ends have in common, besides what every record begins with. */
interface Happened extends AuditEndpoints, AuditPlace, AuditAttribution {
  readonly "doorward.request.id": number;
}

const HAPPENED = {
  "network.transport.protocol": word("how the request came in", ...PROTOCOLS),
  "server.address": text("the host asked for, without brackets; unix-socket for a unix socket"),
  "server.port": {
    description: "its port; 0 for a unix socket",
    type: "integer",
    minimum: 0,
    maximum: 65_535,
  },
  "http.request.method": text("as sent, or CONNECT; none where the protocol has no methods"),
  "client.address": text("ip:port of the client, or unknown"),
  "doorward.instance": INSTANCE,
  "doorward.seq": {
    description: "its place in the order of that instance: from 1, without gaps",
    type: "integer",
    minimum: 1,
  },
  "doorward.request.id": count("the same in every record of one request, within an instance"),
  "doorward.listener": text("where the client came in, as in 127.0.0.1:3128"),
  "doorward.attempt.id": text("what codex-net-attempt-ID in the proxy URL said"),
  "doorward.label": text("the name that the run was given"),
  "doorward.command": text("the command line whose request it was; of URLs only the origin"),
  "doorward.exec_policy_hint": text("what the program's own policy said of that command"),
} satisfies FieldsOf<Happened>;

const HAPPENED_OPTIONAL = {
  ...METADATA_OPTIONAL,
  "doorward.attempt.id": true,
  "doorward.label": true,
  "doorward.command": true,
  "doorward.exec_policy_hint": true,
} satisfies OptionalIn<Happened & AuditMetadata>;

const DECISION = record(
  "One decision, when it is made",
  {
    ...headFields(POLICY_DECISION),
    ...HAPPENED,
    "network.policy.scope": word(
      "domain where the host was judged, else non_domain",
      "domain",
      "non_domain",
    ),
    "network.policy.decision": word("what was decided", "allow", "deny", "ask"),
    "network.policy.source": word(
      "who decided",
      "baseline_policy",
      "mode_guard",
      "proxy_state",
      "decider",
    ),
    "network.policy.reason": text("why: see docs/reasons.md; allow where a rule allowed it"),
    "network.policy.override": {
      description: "whether somebody who was asked allowed what no rule allows",
      type: "boolean",
    },
    "doorward.policy.generation": count("which of the policies of that instance decided"),
    "doorward.rule": text("the rule that decided, as it is written"),
  } satisfies FieldsOf<DecisionAudit>,
  { ...HAPPENED_OPTIONAL, "doorward.rule": true } satisfies OptionalIn<DecisionAudit>,
);

const CLOSE = record(
  "The end of what was let through",
  {
    ...headFields(REQUEST_CLOSE),
    ...HAPPENED,
    "doorward.kind": word("what it was", "request", "tunnel", "datagrams"),
    "doorward.outcome": word("how it ended", "done", "failed", "closed"),
    "doorward.bytes.up": count("bytes from the client; of a request its body"),
    "doorward.bytes.down": count("bytes to the client; of a request the body of its answer"),
    "doorward.duration_ms": {
      description: "from the decision to the end, in milliseconds",
      type: "number",
      minimum: 0,
    },
  } satisfies FieldsOf<CloseAudit>,
  HAPPENED_OPTIONAL satisfies OptionalIn<CloseAudit>,
);

const LOSS = record(
  "Stands where records are missing that could not be written",
  {
    ...headFields(RECORDS_LOST),
    "doorward.instance": INSTANCE,
    "doorward.lost": {
      description: "how many are missing",
      type: "integer",
      minimum: 1,
    },
  } satisfies FieldsOf<LossAudit>,
  METADATA_OPTIONAL satisfies OptionalIn<LossAudit>,
);

/** What each kind of record takes, by its `event.name`. */
export const RECORD_SCHEMAS: ReadonlyMap<unknown, RecordSchema> = new Map([
  [POLICY_DECISION, DECISION],
  [REQUEST_CLOSE, CLOSE],
  [RECORDS_LOST, LOSS],
]);

/**
 * The JSON Schema (draft 2020-12) of a line of an audit file. It takes what this version writes and nothing else, so
 * that nothing passes for a field that is none; a later version may add fields, and prints a schema that has them.
 */
export const AUDIT_SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "urn:doorward:audit-record",
  title: "Doorward audit record",
  oneOf: [DECISION, CLOSE, LOSS],
} as const;

function record(
  description: string,
  fields: Readonly<Record<string, FieldSchema>>,
  optional: Readonly<Record<string, true>>,
): RecordSchema {
  return {
    description,
    type: "object",
    properties: {
      ...fields,
      "doorward.chain": {
        description: "SHA-256 of the value of the line before and of this line without it",
        type: "string",
        pattern: "^[0-9a-f]{64}$",
      },
    },
    required: Object.keys(fields).filter((name) => !Object.hasOwn(optional, name)),
    additionalProperties: false,
  };
}
