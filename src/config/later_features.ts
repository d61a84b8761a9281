// The keys of features that this version does not have: each is refused, and none is passed over in silence.
import type { Findings } from "./toml/findings.ts";
import type { Entry } from "./toml/located.ts";
import { readWhole, type SchemaByKey } from "./toml/value_readers.ts";

/** More isolates than any machine has cores. */
const WORKERS_MAX = 1024;

/** The keys that {@linkcode refuseLaterKey} judges. */
export const LATER_KEYS: readonly string[] = ["workers"];

/** What the one of them takes that may be written. */
export const LATER_SCHEMAS: SchemaByKey = {
  workers: { type: "integer", const: 1, description: "how many isolates accept: one, for now" },
};

/** Tells that a key cannot be obeyed, if it is one of those. */
export function refuseLaterKey(name: string, { value }: Entry, findings: Findings): void {
  if (name === "workers" && (readWhole(1, WORKERS_MAX)(value, name, findings) ?? 1) > 1) {
    findings.fault(
      value.place,
      '"workers" is not available in this version: write 1, or remove it',
    );
  }
}
