import type { Fields } from "../../http/fields.ts";
import { isPath, readPathKey } from "../path_key.ts";
import type { Findings } from "../toml/findings.ts";
import type { JsonSchema } from "../toml/json_schema.ts";
import type { Located, LocatedTable, Place } from "../toml/located.ts";
import { quote } from "../toml/printable.ts";
import {
  key,
  type Keys,
  type Reader,
  reader,
  readTable,
  readWord,
  tableSchema,
} from "../toml/value_readers.ts";
import { parseEndpoint } from "./otlp_endpoint.ts";
import { readHeaders } from "./otlp_headers.ts";

/** A file of certificates, and where it is named. */
export interface NamedFile {
  readonly path: string;
  readonly place: Place;
}

/** What an exporter key says; files are not read yet. */
export type Exporter =
  | { readonly kind: "none" }
  | {
    readonly kind: "otlp-http";
    readonly endpoint: URL;
    readonly headers: Fields;
    readonly protocol: "binary" | "json";
    readonly caFile: NamedFile | null;
  };

const NONE: Exporter = { kind: "none" };
const EXAMPLE = '{ otlp-http = { endpoint = "http://127.0.0.1:4318" } }';
const GRPC = "otlp-grpc is not available in this version: write otlp-http; " +
  "collectors take it at port 4318";

/** Keys of `tls` that cannot be obeyed. */
const LATER_TLS = ["client-certificate", "client-private-key"];

interface OtlpHttp {
  readonly endpoint: URL | null;
  readonly headers: Fields;
  readonly protocol: "binary" | "json";
  readonly tls: NamedFile | null;
}

const DEFAULTS: OtlpHttp = { endpoint: null, headers: [], protocol: "binary", tls: null };

/** What of an endpoint is wrong is told without it: it may hold a secret. */
const readEndpoint: Reader<URL> = reader({ type: "string" }, (value, name, findings) => {
  const isText = value.kind === "scalar" && typeof value.value === "string";
  const url = isText ? parseEndpoint(value.value) : { kind: "bad", why: "it is no text" } as const;
  if (url instanceof URL) return url;
  findings.fault(value.place, `"${name}" names no place to export to: ${url.why}`);
  return undefined;
});

const readTls: Reader<NamedFile | null> = reader(
  {
    type: "object",
    properties: {
      "ca-certificate": {
        type: "string",
        description: "file with the authorities that the collector may be certified by, as PEM",
      },
    },
    additionalProperties: false,
  },
  (value, name, findings) => {
    if (value.kind !== "table") {
      findings.fault(value.place, `"${name}" is no table: write { ca-certificate = "…" }`);
      return undefined;
    }
    for (const [inner, { key }] of value.entries) {
      if (inner === "ca-certificate") continue;
      const why = LATER_TLS.includes(inner) ? "is not available in this version" : "is unknown";
      findings.fault(key, `"${name}": ${quote(inner)} ${why}: remove it`);
    }
    return readCaFile(value, findings);
  },
);

const KEYS: Keys<OtlpHttp> = {
  endpoint: key(readEndpoint, "URL of the collector: https, or http to this machine"),
  headers: key(readHeaders, "sent with each export, as credentials are"),
  protocol: key(readWord("binary", "json"), "binary is protobuf"),
  tls: key(readTls, "whom to trust, instead of whom the system does"),
};

/** Reads `exporter` and its like. */
export const readExporter: Reader<Exporter> = reader(
  {
    anyOf: [
      { type: "string", enum: ["none", "statsig"] },
      {
        type: "object",
        properties: {
          "otlp-http": {
            description: "a collector that speaks OTLP over HTTP",
            ...tableSchema({ keys: KEYS }),
            required: ["endpoint"],
          },
        },
        required: ["otlp-http"],
        additionalProperties: false,
      },
    ],
  } satisfies JsonSchema,
  (value, name, findings) => {
    if (value.kind === "table") return readExporterTable(value, name, findings);
    const word = value.kind === "scalar" ? value.value : null;
    if (word === "none") return NONE;
    if (word === "statsig") {
      findings.notice(value.place, `"${name}" is "statsig", which Doorward does not know: none`);
      return NONE;
    }
    // What else stands there may be the URL that belongs in it.
    const why = word === "otlp-grpc" ? GRPC : `write "none", or ${EXAMPLE}`;
    findings.fault(value.place, `"${name}" is no exporter: ${why}`);
    return undefined;
  },
);

function readExporterTable(
  table: LocatedTable,
  name: string,
  findings: Findings,
): Exporter | undefined {
  for (const [kind, { key }] of table.entries) {
    if (kind === "otlp-http") continue;
    const why = kind === "otlp-grpc" ? GRPC : `${quote(kind)} is unknown: write ${EXAMPLE}`;
    findings.fault(key, `"${name}" is no exporter: ${why}`);
  }
  const written = table.entries.get("otlp-http");
  if (written === undefined) {
    if (table.entries.size === 0) {
      findings.fault(table.place, `"${name}" is no exporter: write "none", or ${EXAMPLE}`);
    }
    return undefined;
  }
  return readOtlpHttp(written.value, name, findings);
}

function readOtlpHttp(value: Located, name: string, findings: Findings): Exporter | undefined {
  if (value.kind !== "table") {
    findings.fault(value.place, `"${name}" is no exporter: write ${EXAMPLE}`);
    return undefined;
  }
  const where = `[otel.${name}.otlp-http]`;
  const { tls, endpoint, ...rest } = readTable(
    value,
    { where, keys: KEYS, defaults: DEFAULTS },
    findings,
  );
  if (endpoint !== null) return { kind: "otlp-http", endpoint, caFile: tls, ...rest };
  if (!value.entries.has("endpoint")) {
    findings.fault(value.place, `${where} has no "endpoint": write ${EXAMPLE}`);
  }
  return undefined;
}

function readCaFile(table: LocatedTable, findings: Findings): NamedFile | null {
  const written = table.entries.get("ca-certificate")?.value;
  if (written === undefined) return null;
  const { place } = written;
  const text = written.kind === "scalar" && typeof written.value === "string" ? written.value : "";
  // An empty one would trust the whole system, silently.
  if (!isPath(text)) {
    findings.fault(place, '"ca-certificate" is no path: name a file in quotes');
    return null;
  }
  const path = readPathKey(table, "ca-certificate", text, findings);
  return path === null ? null : { path, place };
}
