import type { Origin } from "../policy/rule.ts";
import type { ConfigSource } from "./config.ts";
import type { LocatedTable } from "./toml/located.ts";
import { escapeControls } from "./toml/printable.ts";
import { printableOverride } from "./toml/printable_override.ts";

/** The file and the flags that were read, lowest first, without what may be a secret. */
export function sourceNames(file: string, source: ConfigSource): readonly string[] {
  const flags = [
    ...source.overrides.map((flag) => `-c ${printableOverride(flag)}`),
    ...source.allow.map((host) => `--allow ${host}`),
    ...source.deny.map((host) => `--deny ${host}`),
  ];
  return [file, ...flags.map(escapeControls)];
}

/** Where each dotted key was written; those of the lists may be flags. */
export function originsOf(root: LocatedTable, source: ConfigSource): ReadonlyMap<string, Origin> {
  const origins = new Map<string, Origin>();
  const walk = (table: LocatedTable, prefix: string): void => {
    for (const [name, { key, value }] of table.entries) {
      origins.set(prefix + name, key.origin);
      if (value.kind === "table") walk(value, `${prefix}${name}.`);
    }
  };
  walk(root, "");
  const flag = (key: string, file: string, hosts: readonly string[]): void => {
    if (hosts.length > 0 && !origins.has(key)) origins.set(key, { file, line: null, column: null });
  };
  flag("network.allowed_domains", "--allow", source.allow);
  flag("network.denied_domains", "--deny", source.deny);
  return origins;
}
