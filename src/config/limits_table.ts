import { DEFAULT_LIMITS, LIMIT_KEYS, type Limits } from "../proxy/limits.ts";
import type { Findings } from "./toml/findings.ts";
import { readTable, readWhole, wrong } from "./toml/value_readers.ts";
import type { Located } from "./toml/located.ts";

/** Reads `[network.limits]`; the limits that it does not name keep their defaults. */
export function readLimits(value: Located | undefined, findings: Findings): Limits {
  const limits: { -readonly [K in keyof Limits]: Limits[K] } = { ...DEFAULT_LIMITS };
  if (value === undefined) return limits;
  if (value.kind !== "table") {
    wrong(value, "limits", "a table: write [network.limits]", findings);
    return limits;
  }
  const keys = Object.entries(LIMIT_KEYS);
  const written = readTable<Record<string, number>>(value, {
    where: "[network.limits]",
    readers: Object.fromEntries(keys.map(([name, key]) => [name, readWhole(key.min, key.max)])),
    defaults: Object.fromEntries(keys.map(([name, key]) => [name, key.fallback])),
  }, findings);
  for (const [name, { field, fallback, seconds }] of keys) {
    limits[field] = (written[name] ?? fallback) * (seconds ? 1000 : 1);
  }
  return limits;
}
