// The keys of features that this version does not have. One that would stop a request if it worked is
// refused; one that would only let more through loads, and whoever wrote it is told.
import type { NetworkConfig } from "./config.ts";
import type { Findings } from "./toml/findings.ts";
import type { Entry, LocatedTable } from "./toml/located.ts";
import { readWhole } from "./toml/value_readers.ts";

/** What to do about each key that cannot be obeyed. */
const REFUSED: Readonly<Record<string, string>> = {
  rules: "remove it, or the requests it would stop go through",
  presets: 'write its hosts into "allowed_domains" or "denied_domains"',
  audit_file: "remove it, or you would look for records that nobody writes",
  domains: 'write "allowed_domains" and "denied_domains" instead',
  unix_sockets: 'write "allow_unix_sockets" instead',
};

/** More isolates than any machine has cores. */
const WORKERS_MAX = 1024;

/** The keys that {@linkcode refuseLaterKey} judges. */
export const LATER_KEYS: readonly string[] = [...Object.keys(REFUSED), "workers"];

/** Tells that a key cannot be obeyed, if it is one of those. */
export function refuseLaterKey(name: string, { key, value }: Entry, findings: Findings): void {
  if (Object.hasOwn(REFUSED, name)) {
    findings.fault(key, `"${name}" is not available in this version: ${REFUSED[name]}`);
  } else if (name === "workers" && (readWhole(1, WORKERS_MAX)(value, name, findings) ?? 1) > 1) {
    findings.fault(
      value.place,
      '"workers" is not available in this version: write 1, or remove it',
    );
  }
}

/** Says what was asked for and does not come. A key that is not written says nothing. */
export function noteLaterFeatures(
  table: LocatedTable,
  network: NetworkConfig,
  findings: Findings,
): void {
  const written = table.entries.get("mitm");
  if (written === undefined || !network.mitm) return;
  const message =
    "interception is not available in this version: limited mode blocks every CONNECT";
  findings.notice(written.key, message);
}
