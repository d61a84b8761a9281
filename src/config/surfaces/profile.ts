// `[permissions.<profile>]`: named permission profiles, one of which `default_permissions` selects.
import type { Findings } from "../toml/findings.ts";
import type { JsonSchema } from "../toml/json_schema.ts";
import {
  emptyTable,
  type Entry,
  type LocatedTable,
  mergeTables,
  type Place,
} from "../toml/located.ts";
import { nearestKey } from "../toml/nearest_key.ts";
import { quote } from "../toml/printable.ts";
import {
  readFlag,
  readText,
  refuseUnknown,
  type SchemaByKey,
  wrong,
} from "../toml/value_readers.ts";
import { FILESYSTEM_SCHEMA, type FilesystemEntry, readFilesystem } from "./filesystem.ts";
import { mitmSchema, refuseLostHooks } from "./mitm_table.ts";

/** The profiles that are always there. None has a policy for the network. */
export const BUILT_IN = [":read-only", ":workspace", ":danger-full-access"] as const;
/** Those that others may extend: nothing bounds the third. */
const EXTENSIBLE: readonly string[] = [":read-only", ":workspace"];

const KEYS = ["description", "extends", "workspace_roots", "filesystem", "network"];

/**
 * What the keys of profiles take.
 *
 * @param network what `[network]` takes, which the one of a profile takes, too
 */
export function profileSchemas(network: JsonSchema): SchemaByKey {
  const keys = network.properties!;
  const hooks = mitmSchema(keys["mitm_hooks"]!.items!);
  const mitm = { description: keys["mitm"]!.description!, anyOf: [readFlag.schema, hooks] };
  return {
    permissions: {
      description: "permission profiles by their names",
      type: "object",
      propertyNames: { pattern: "^[^:]" },
      additionalProperties: {
        description: "a permission profile",
        type: "object",
        properties: {
          description: { description: "a line for people", ...readText.schema },
          extends: { description: "the profile that it adds to", ...readText.schema },
          workspace_roots: {
            description: "further roots of the workspace; checked, and not enforced here",
            type: "object",
            additionalProperties: { description: "whether it is one", ...readFlag.schema },
          },
          filesystem: FILESYSTEM_SCHEMA,
          network: { ...network, properties: { ...keys, mitm } },
        },
        additionalProperties: false,
      },
    },
    default_permissions: {
      description: "the profile in force: one of [permissions], or a built-in one",
      ...readText.schema,
    },
  };
}

/** A profile with all that it extends. */
export interface Profile {
  readonly name: string;
  /** The profiles that it is made of, itself first. */
  readonly chain: readonly string[];
  readonly description: string | null;
  readonly filesystem: readonly FilesystemEntry[];
  /** Its `network`; empty where it says nothing of it. */
  readonly network: LocatedTable;
  /** Where it was selected. */
  readonly place: Place;
}

/**
 * Reads the profile that was selected. Null when there is no such one, which is a fault.
 *
 * @param permissions all that are defined; null where there is no `[permissions]`
 */
export function readProfile(
  permissions: LocatedTable | null,
  selected: Entry,
  findings: Findings,
): Profile | null {
  const name = readText(selected.value, "default_permissions", findings);
  if (name === undefined) return null;
  const { place } = selected.value;
  if (isBuiltIn(name)) return builtIn(name, place);
  if (name.startsWith(":")) {
    findings.fault(place, noBuiltIn(name, BUILT_IN));
    return null;
  }
  if (permissions === null) {
    const message = `"default_permissions" takes a table [permissions.${name}] that it names, ` +
      `or one of ${BUILT_IN.join(", ")}`;
    findings.fault(place, message);
    return null;
  }
  return resolve(permissions, name, place, findings);
}

/** Checks the name and the keys of every profile, selected or not. Returns those that are tables. */
export function checkProfiles(
  permissions: LocatedTable,
  findings: Findings,
): readonly LocatedTable[] {
  const profiles: LocatedTable[] = [];
  for (const [name, { key, value }] of permissions.entries) {
    if (name.startsWith(":")) {
      const message = `the profile ${quote(name)} has the name of a built-in one: ` +
        `write it without the colon`;
      findings.fault(key, message);
    }
    if (value.kind !== "table") {
      wrong(value, `permissions.${name}`, `a table: write [permissions.${name}]`, findings);
      continue;
    }
    refuseUnknown(value, KEYS, `[permissions.${name}]`, findings);
    parentOf(value, findings);
    descriptionOf(value, findings);
    checkRoots(value, findings);
    for (const table of ["filesystem", "network"]) tableIn(value, table, findings);
    profiles.push(value);
  }
  return profiles;
}

function isBuiltIn(name: string): boolean {
  return BUILT_IN.some((each) => each === name);
}

function builtIn(name: string, place: Place): Profile {
  const network = emptyTable(place);
  return { name, chain: [name], description: null, filesystem: [], network, place };
}

function resolve(
  permissions: LocatedTable,
  name: string,
  place: Place,
  findings: Findings,
): Profile | null {
  const tables: LocatedTable[] = [];
  const chain: string[] = [];
  let next: { readonly name: string; readonly place: Place } | null = { name, place };
  while (next !== null) {
    if (chain.includes(next.name)) {
      const message = `the profiles extend each other: ${[...chain, next.name].join(" -> ")}; ` +
        `remove one "extends"`;
      findings.fault(next.place, message);
      return null;
    }
    chain.push(next.name);
    if (isBuiltIn(next.name)) {
      if (EXTENSIBLE.includes(next.name)) break;
      const message = `${quote(next.name)} cannot be extended: write ${EXTENSIBLE.join(" or ")}`;
      findings.fault(next.place, message);
      return null;
    }
    if (next.name.startsWith(":")) {
      findings.fault(next.place, noBuiltIn(next.name, EXTENSIBLE));
      return null;
    }
    const table = permissions.entries.get(next.name)?.value;
    if (table === undefined) {
      findings.fault(next.place, undefinedProfile(next.name, permissions));
      return null;
    }
    // It was told already.
    if (table.kind !== "table") return null;
    tables.push(table);
    next = parentOf(table, findings);
  }
  const [own] = tables;
  const merged = tables.reduceRight((below, above) =>
    mergeTables(below, above, (key, lost, by) => refuseLostHooks(key, lost, by, findings))
  );
  checkRoots(merged, findings);
  return {
    name,
    chain,
    description: own === undefined ? null : descriptionOf(own, findings),
    filesystem: readFilesystem(tableIn(merged, "filesystem", findings), findings),
    network: tableIn(merged, "network", findings),
    place,
  };
}

function parentOf(table: LocatedTable, findings: Findings): { name: string; place: Place } | null {
  const written = table.entries.get("extends");
  if (written === undefined) return null;
  const name = readText(written.value, "extends", findings);
  return name === undefined ? null : { name, place: written.value.place };
}

function noBuiltIn(name: string, known: readonly string[]): string {
  return `there is no built-in profile ${quote(name)}: write ${known.join(" or ")}`;
}

function undefinedProfile(name: string, permissions: LocatedTable): string {
  const known = [...permissions.entries.keys()];
  const nearest = nearestKey(name, known);
  const mend = nearest === null
    ? `write [permissions.${name}], or name one of ${known.map(quote).join(", ")}`
    : `did you mean ${quote(nearest)}?`;
  return `there is no profile ${quote(name)}: ${mend}`;
}

function descriptionOf(table: LocatedTable, findings: Findings): string | null {
  const written = table.entries.get("description");
  if (written === undefined) return null;
  return readText(written.value, "description", findings) ?? null;
}

/** `workspace_roots` is a table from paths to switches. */
function checkRoots(profile: LocatedTable, findings: Findings): void {
  for (const [path, { value }] of tableIn(profile, "workspace_roots", findings).entries) {
    readFlag(value, `workspace_roots.${path}`, findings);
  }
}

function tableIn(table: LocatedTable, name: string, findings: Findings): LocatedTable {
  const value = table.entries.get(name)?.value;
  if (value === undefined) return emptyTable(table.place);
  if (value.kind === "table") return value;
  wrong(value, name, "a table", findings);
  return emptyTable(table.place);
}
