// The hooks of a profile, which name their actions, brought into `[[network.mitm_hooks]]`, which hold them.
import { formatOrigin } from "../../policy/rule.ts";
import type { Findings } from "../toml/findings.ts";
import type { JsonSchema } from "../toml/json_schema.ts";
import type { Entry, Located, LocatedList, LocatedTable, Place } from "../toml/located.ts";
import { quote } from "../toml/printable.ts";
import { readTexts, refuseUnknown, wrong } from "../toml/value_readers.ts";

const TABLE_KEYS = ["hooks", "actions"];
const MATCH_KEYS = ["methods", "path_prefixes", "query", "headers", "body"];
const HOOK_KEYS = ["host", ...MATCH_KEYS, "action"];
const ACTION_KEYS = ["strip_request_headers", "inject_request_headers"];

/**
 * What `mitm` takes in a profile.
 *
 * @param hook what an element of `mitm_hooks` takes
 */
export function mitmSchema(hook: JsonSchema): JsonSchema {
  const { host, match, actions } = hook.properties!;
  return {
    description: "hooks and the actions that they name",
    type: "object",
    properties: {
      hooks: {
        description: "request rules by a name of yours",
        type: "object",
        additionalProperties: {
          description: "a request rule",
          type: "object",
          properties: { host: host!, ...match!.properties, action: ACTION_SCHEMA },
          additionalProperties: false,
        },
      },
      actions: {
        description: "what is done to requests, by a name of yours",
        type: "object",
        additionalProperties: { description: "an action", ...actions! },
      },
    },
    additionalProperties: false,
  };
}

const ACTION_SCHEMA: JsonSchema = {
  description: "the names of its actions",
  ...readTexts.schema,
};

/** The hooks of `mitm = { hooks, actions }` as a list, in the order of the file. */
export function hooksOf(mitm: LocatedTable, findings: Findings): LocatedList {
  refuseUnknown(mitm, TABLE_KEYS, "mitm", findings);
  const actions = tablesIn(mitm, "actions", findings);
  for (const [name, action] of actions) {
    refuseUnknown(action, ACTION_KEYS, `mitm.actions.${name}`, findings);
    if (action.entries.size > 0) continue;
    const message = `the action ${quote(name)} does nothing: write what to strip or to inject`;
    findings.fault(action.place, message);
  }
  const items = [...tablesIn(mitm, "hooks", findings)].map(([name, hook]) => {
    refuseUnknown(hook, HOOK_KEYS, `mitm.hooks.${name}`, findings);
    return hookTable(name, hook, actions, findings);
  });
  return { kind: "list", place: mitm.place, items };
}

/** Refuses a switch in the place of the hooks of a lower file, or of an extended profile: no rule is lost in silence. */
export function refuseLostHooks(key: string, lost: Located, by: Place, findings: Findings): void {
  const hooks = key === "mitm" && lost.kind === "table" ? lost.entries.get("hooks") : undefined;
  if (hooks === undefined) return;
  const at = formatOrigin(hooks.key.origin);
  findings.fault(
    by,
    `"mitm" would take the place of the hooks at ${at}: leave it out, they turn it on`,
  );
}

function hookTable(
  name: string,
  hook: LocatedTable,
  actions: ReadonlyMap<string, LocatedTable>,
  findings: Findings,
): LocatedTable {
  const entries = new Map<string, Entry>();
  const host = hook.entries.get("host");
  if (host !== undefined) entries.set("host", host);
  const match = [...hook.entries].filter(([key]) => MATCH_KEYS.includes(key));
  entries.set("match", tableEntry(hook, new Map(match)));
  entries.set("actions", tableEntry(hook, actionsOf(name, hook, actions, findings)));
  return { kind: "table", place: hook.place, entries };
}

/** What all actions do that a hook names, as one. */
function actionsOf(
  hookName: string,
  hook: LocatedTable,
  actions: ReadonlyMap<string, LocatedTable>,
  findings: Findings,
): ReadonlyMap<string, Entry> {
  const merged = new Map<string, Entry>();
  const written = hook.entries.get("action");
  if (written === undefined) return merged;
  const names = readTexts(written.value, "action", findings) ?? [];
  if (written.value.kind === "list" && written.value.items.length === 0) {
    const message = `the hook ${quote(hookName)} names no action: write some, or remove "action"`;
    findings.fault(written.value.place, message);
  }
  for (const name of names) {
    const action = actions.get(name);
    if (action === undefined) {
      const known = [...actions.keys()].map(quote).join(", ");
      const mend = known === "" ? "write it under mitm.actions" : `there are ${known}`;
      findings.fault(written.value.place, `there is no action ${quote(name)}: ${mend}`);
      continue;
    }
    for (const [key, entry] of action.entries) merged.set(key, joined(merged.get(key), entry));
  }
  return merged;
}

/** Two lists as one; what is no list stays for whoever reads it. */
function joined(before: Entry | undefined, { key, value }: Entry): Entry {
  if (before?.value.kind !== "list" || value.kind !== "list") return { key, value };
  return { key, value: { ...value, items: [...before.value.items, ...value.items] } };
}

function tablesIn(
  mitm: LocatedTable,
  name: string,
  findings: Findings,
): ReadonlyMap<string, LocatedTable> {
  const value = mitm.entries.get(name)?.value;
  if (value === undefined) return new Map();
  if (value.kind !== "table") {
    wrong(value, `mitm.${name}`, "a table of tables", findings);
    return new Map();
  }
  return new Map([...value.entries].flatMap(([key, { value: held }]) => {
    if (held.kind === "table") return [[key, held]];
    wrong(held, `mitm.${name}.${key}`, "a table", findings);
    return [];
  }));
}

function tableEntry(of: LocatedTable, entries: ReadonlyMap<string, Entry>): Entry {
  const value: Located = { kind: "table", place: of.place, entries };
  return { key: of.place, value };
}
