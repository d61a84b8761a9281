import type { AuditMetadata } from "../audit/audit_record.ts";
import type { NetworkConfig } from "./config.ts";
import { readPathKey } from "./path_key.ts";
import type { Findings } from "./toml/findings.ts";
import type { JsonSchema } from "./toml/json_schema.ts";
import type { Located, LocatedTable } from "./toml/located.ts";
import {
  key,
  type Keys,
  reader,
  readFlag,
  readTable,
  readWhole,
  tableSchema,
  wrong,
} from "./toml/value_readers.ts";

/** `[network.audit]`: how audit records are written. */
export interface AuditConfig {
  /** The audit file is put aside when it would grow beyond this. */
  readonly fileBytes: number;
  /** How many files are kept that were put aside. */
  readonly filesKept: number;
  /** Whether each line ends with a hash of what is before it. */
  readonly chain: boolean;
  /** Whether each record is a line on standard error, too. */
  readonly stderr: boolean;
  /** What stands in every record. */
  readonly metadata: AuditMetadata;
}

/** As it is written. */
interface AuditTable {
  readonly file_bytes: number;
  readonly files_kept: number;
  readonly chain: boolean;
  readonly stderr: boolean;
  readonly metadata: AuditMetadata;
}

/** Smaller ones hold a minute of a busy proxy; nothing opens larger ones. */
const FILE_BYTES_MIN = 64 * 1024;
const FILE_BYTES_LIMIT = 1024 * 1024 * 1024;
/** Each is renamed when one is put aside. */
const FILES_KEPT_LIMIT = 100;

/** One line, and nothing in it that steers a terminal. */
const METADATA_PATTERN = "^[^\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]{1,256}$";
const METADATA_REGEXP = new RegExp(METADATA_PATTERN, "u");

/** Whether it can be what a program says of itself. */
export function isMetadata(text: string): boolean {
  return METADATA_REGEXP.test(text);
}

const readMetadataText = reader(
  { type: "string", pattern: METADATA_PATTERN },
  (value, name, findings) => {
    const isText = value.kind === "scalar" && typeof value.value === "string" &&
      isMetadata(value.value);
    if (isText) return value.value as string;
    return wrong(value, name, "text in quotes, of at most 256 printable characters", findings);
  },
);

const METADATA_KEYS: Keys<Required<AuditMetadata>> = {
  "conversation.id": key(readMetadataText, "which conversation it is, in every record"),
  "app.version": key(readMetadataText, "the version of the program, in every record"),
  "user.account_id": key(readMetadataText, "whose it is, in every record"),
};

const readMetadata = reader<AuditMetadata>(
  tableSchema({ keys: METADATA_KEYS }),
  (value, name, findings) => {
    if (value.kind !== "table") {
      return wrong(value, name, "a table: write [network.audit.metadata]", findings);
    }
    for (const [key, entry] of value.entries) {
      if (entry.value.kind !== "table" || Object.hasOwn(METADATA_KEYS, key)) continue;
      const meant = Object.keys(METADATA_KEYS).find((each) => each.startsWith(`${key}.`));
      if (meant === undefined) continue;
      findings.fault(entry.key, `"${key}" is a table: put the key in quotes, "${meant}" = "…"`);
      return undefined;
    }
    return readTable<AuditMetadata>(value, {
      where: "[network.audit.metadata]",
      keys: METADATA_KEYS as Keys<AuditMetadata>,
      defaults: {},
    }, findings);
  },
);

/** Every key of `[network.audit]`. */
export const AUDIT_KEYS: Keys<AuditTable> = {
  file_bytes: key(
    readWhole(FILE_BYTES_MIN, FILE_BYTES_LIMIT),
    "bytes of audit_file, which is put aside when it would grow beyond them",
  ),
  files_kept: key(
    readWhole(1, FILES_KEPT_LIMIT),
    "files that are kept of those put aside: FILE.1 is the newest",
  ),
  chain: key(readFlag, "end each line of audit_file with a hash of what is before it"),
  stderr: key(readFlag, "print each record as a line on standard error, too"),
  metadata: key(readMetadata, "what the embedding program says of itself, in every record"),
};

/** What they are where nothing is written. */
export const AUDIT_DEFAULTS: AuditTable = {
  file_bytes: 10 * 1024 * 1024,
  files_kept: 4,
  chain: false,
  stderr: false,
  metadata: {},
};

/** What `[network.audit]` takes. */
export const AUDIT_TABLE_SCHEMA: JsonSchema = {
  description: "How audit records are written",
  ...tableSchema({ keys: AUDIT_KEYS }, AUDIT_DEFAULTS),
};

/** The value of each key, by its name in `[network.audit]`. */
export function shownAudit(audit: AuditConfig): AuditTable {
  const { fileBytes, filesKept, chain, stderr, metadata } = audit;
  return { file_bytes: fileBytes, files_kept: filesKept, chain, stderr, metadata };
}

/** Reads `[network.audit]`; the keys that it does not name keep their defaults. */
export function readAudit(table: LocatedTable, findings: Findings): AuditConfig {
  const read = readAuditTable(table.entries.get("audit")?.value, findings);
  const { file_bytes: fileBytes, files_kept: filesKept, ...rest } = read;
  return { fileBytes, filesKept, ...rest };
}

function readAuditTable(value: Located | undefined, findings: Findings): AuditTable {
  if (value === undefined) return AUDIT_DEFAULTS;
  if (value.kind !== "table") {
    wrong(value, "audit", "a table: write [network.audit]", findings);
    return AUDIT_DEFAULTS;
  }
  const shape = { where: "[network.audit]", keys: AUDIT_KEYS, defaults: AUDIT_DEFAULTS };
  return readTable(value, shape, findings);
}

/** Reads `audit_file` of `[network]` into an absolute path; null where there is none. */
export function readAuditFile(
  table: LocatedTable,
  network: Pick<NetworkConfig, "audit_file">,
  others: { readonly audit: AuditConfig; readonly violationFile: string | null },
  findings: Findings,
): string | null {
  const path = readPathKey(table, "audit_file", network.audit_file, findings);
  const place = table.entries.get("audit_file")?.value.place;
  if (path === null) {
    const audit = table.entries.get("audit")?.value;
    const chain = audit?.kind === "table" ? audit.entries.get("chain") : undefined;
    if (others.audit.chain && chain !== undefined && network.audit_file === "") {
      findings.fault(chain.key, '"chain" has no file to be in: write audit_file, too');
    }
  } else if (path === others.violationFile && place !== undefined) {
    findings.fault(place, '"audit_file" and "violation_file" name one file: name two');
  }
  return path;
}
