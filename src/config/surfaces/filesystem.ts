// `[permissions.<profile>.filesystem]`: read, checked and shown. Doorward itself enforces the network alone.
import type { Findings } from "../toml/findings.ts";
import type { JsonSchema } from "../toml/json_schema.ts";
import type { Entry, Located, LocatedTable } from "../toml/located.ts";
import { quote } from "../toml/printable.ts";
import { readWhole, readWord, wrong } from "../toml/value_readers.ts";

/** What may be done below a path. */
export type FilesystemAccess = "read" | "write" | "deny";

/** One path, or one below a root. */
export interface FilesystemEntry {
  /** An absolute path, or a name such as `:minimal`. */
  readonly path: string;
  /** What it is scoped to within the root that `path` names; null is all of it. */
  readonly subpath: string | null;
  readonly access: FilesystemAccess;
}

/** The names that stand for places. */
const SPECIAL = [
  ":root",
  ":minimal",
  ":project_roots",
  ":workspace_roots",
  ":tmpdir",
  ":slash_tmp",
];
/** Those that hold the work: only they are scoped, and only there anything may be written. */
const PROJECT_ROOTS = [":project_roots", ":workspace_roots"];
const WRITABLE = [...PROJECT_ROOTS, ":tmpdir", ":slash_tmp"];
/** How deep a glob is followed. */
const SCAN_DEPTH_KEY = "glob_scan_max_depth";
const SCAN_DEPTH_MAX = 1_000_000;

const readAccess = readWord<FilesystemAccess>("read", "write", "deny");

/** What `filesystem` takes. */
export const FILESYSTEM_SCHEMA: JsonSchema = {
  description: "what commands may read and write; checked and shown, and not enforced here",
  type: "object",
  properties: {
    [SCAN_DEPTH_KEY]: {
      description: "how many folders deep a glob is followed",
      ...readWhole(1, SCAN_DEPTH_MAX).schema,
    },
  },
  additionalProperties: {
    description: "an absolute path, or a name such as :project_roots",
    anyOf: [readAccess.schema, {
      type: "object",
      additionalProperties: {
        description: "a path below the root",
        ...readAccess.schema,
      },
    }],
  },
};

/** Reads the entries that are right, in the order of the file. */
export function readFilesystem(
  table: LocatedTable,
  findings: Findings,
): readonly FilesystemEntry[] {
  return [...table.entries].flatMap(([path, entry]) => {
    if (path === SCAN_DEPTH_KEY) {
      readWhole(1, SCAN_DEPTH_MAX)(entry.value, path, findings);
      return [];
    }
    return readEntry(path, entry, findings);
  });
}

function readEntry(path: string, { key, value }: Entry, findings: Findings): FilesystemEntry[] {
  if (path.startsWith(":") && !SPECIAL.includes(path)) {
    findings.notice(key, `${quote(path)} is not known here, and ignored`);
    return [];
  }
  if (!path.startsWith(":") && !isAbsolute(path)) {
    const message = `${quote(path)} is not an absolute path: write one, or one of ${
      SPECIAL.join(", ")
    }`;
    findings.fault(key, message);
    return [];
  }
  if (value.kind === "table") return readScoped(path, key, value, findings);
  return entryOf(path, null, value, findings);
}

function readScoped(
  path: string,
  key: Entry["key"],
  table: LocatedTable,
  findings: Findings,
): FilesystemEntry[] {
  if (!PROJECT_ROOTS.includes(path)) {
    const message = `${quote(path)} cannot be scoped: only :project_roots has paths below it`;
    findings.fault(key, message);
    return [];
  }
  return [...table.entries].flatMap(([subpath, entry]) => {
    const why = whyNoSubpath(subpath);
    if (why === null) return entryOf(path, subpath, entry.value, findings);
    findings.fault(entry.key, `bad path ${quote(subpath)} below ${path}: ${why}`);
    return [];
  });
}

/** Why a path cannot be one below a root; null where it can. */
function whyNoSubpath(path: string): string | null {
  if (path === "") return "it is empty; name a folder or a file in it";
  if (isAbsolute(path)) return "it is absolute; write it relative to the root";
  if (/^[A-Za-z]:/.test(path)) return "it names a drive; write it relative to the root";
  const steps = path.split(/[/\\]/);
  if (steps.some((step) => step === "." || step === "..")) {
    return 'it has a "." or ".." in it; write the path without';
  }
  return null;
}

function entryOf(
  path: string,
  subpath: string | null,
  value: Located,
  findings: Findings,
): FilesystemEntry[] {
  if (value.kind === "table") {
    wrong(value, subpath ?? path, '"read", "write" or "deny"', findings);
    return [];
  }
  const access = readAccess(value, subpath ?? path, findings);
  if (access === undefined) return [];
  if (access === "write" && !WRITABLE.includes(path)) {
    const message = `${quote(path)} is outside of the workspace, and cannot be written: ` +
      `write "read", or name a folder below :project_roots`;
    findings.fault(value.place, message);
    return [];
  }
  return [{ path, subpath, access }];
}

function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path) || path.startsWith("\\\\");
}
