// `sandbox_mode` and `[sandbox_workspace_write]`: what permission profiles have taken the place of.
import type { Findings } from "../toml/findings.ts";
import type { Entry, LocatedTable, Place } from "../toml/located.ts";
import {
  key,
  type Keys,
  readFlag,
  readTable,
  readTexts,
  readWord,
  type SchemaByKey,
  tableSchema,
  wrong,
} from "../toml/value_readers.ts";

/** How far a command was let, before there were profiles. */
export type SandboxMode = "read-only" | "workspace-write" | "danger-full-access";

/** The older settings. */
export interface Sandbox {
  readonly mode: SandboxMode;
  /** Whether a command may reach the network. */
  readonly network: boolean;
  /** Where the network was given, or the mode was chosen. */
  readonly place: Place;
}

/** `[sandbox_workspace_write]` */
export interface WorkspaceWrite {
  readonly network_access: boolean;
  readonly writable_roots: readonly string[];
  readonly exclude_tmpdir_env_var: boolean;
  readonly exclude_slash_tmp: boolean;
}

const KEYS: Keys<WorkspaceWrite> = {
  network_access: key(readFlag, "whether commands have the network, behind the proxy"),
  writable_roots: key(readTexts, "further folders to write in; checked, and not enforced here"),
  exclude_tmpdir_env_var: key(readFlag, "checked, and not enforced here"),
  exclude_slash_tmp: key(readFlag, "checked, and not enforced here"),
};

const DEFAULTS: WorkspaceWrite = {
  network_access: false,
  writable_roots: [],
  exclude_tmpdir_env_var: false,
  exclude_slash_tmp: false,
};

/** What both keys take. */
export const SANDBOX_SCHEMAS: SchemaByKey = {
  sandbox_mode: {
    description: "the older way to bound commands; a permission profile takes its place",
    type: "string",
    enum: ["read-only", "workspace-write", "danger-full-access"],
  },
  sandbox_workspace_write: {
    description: "what workspace-write gives",
    ...tableSchema({ keys: KEYS }, DEFAULTS),
  },
};

const readMode = readWord<SandboxMode>("read-only", "workspace-write", "danger-full-access");

/** Reads them. Null where the mode is none. */
export function readSandbox(
  root: LocatedTable,
  selected: Entry,
  findings: Findings,
): Sandbox | null {
  const written = root.entries.get("sandbox_workspace_write");
  const settings = readWorkspaceWrite(written, findings);
  const mode = readMode(selected.value, "sandbox_mode", findings);
  if (mode === undefined) return null;
  const given = written?.value.kind === "table"
    ? written.value.entries.get("network_access")?.value.place
    : undefined;
  return {
    mode,
    network: mode === "danger-full-access" ||
      (mode === "workspace-write" && settings.network_access),
    place: mode === "workspace-write" ? given ?? selected.value.place : selected.value.place,
  };
}

/** Reads `[sandbox_workspace_write]`. */
export function readWorkspaceWrite(
  written: Entry | undefined,
  findings: Findings,
): WorkspaceWrite {
  if (written === undefined) return DEFAULTS;
  if (written.value.kind !== "table") {
    wrong(written.value, "sandbox_workspace_write", "a table", findings);
    return DEFAULTS;
  }
  return readTable(written.value, {
    where: "[sandbox_workspace_write]",
    keys: KEYS,
    defaults: DEFAULTS,
  }, findings);
}
