import { assert, assertEquals, assertMatch } from "@std/assert";
import { LIMIT_KEYS, readLimits, unitOf } from "../../src/config/limits_table.ts";
import { Findings } from "../../src/config/toml/findings.ts";
import { DEFAULT_LIMITS, type Limits } from "../../src/proxy/limits.ts";
import { print, tableOf } from "./load.ts";

function read(text: string): [Limits, string[]] {
  const findings = new Findings();
  const limits = readLimits(tableOf(text).entries.get("limits")?.value, findings);
  return [limits, print(findings.faults())];
}

Deno.test("readLimits() takes the defaults where nothing is written", () => {
  assertEquals(read(""), [DEFAULT_LIMITS, []]);
  assertEquals(read("[limits]"), [DEFAULT_LIMITS, []]);
});

Deno.test("readLimits() turns seconds into milliseconds and counts into themselves", () => {
  assertEquals(read("limits = { connections = 7, dns_seconds = 3 }"), [
    { ...DEFAULT_LIMITS, connections: 7, dnsMs: 3000 },
    [],
  ]);
});

Deno.test("LIMIT_KEYS are in snake case with their unit, and bounds that hold their default", () => {
  for (const [field, { key, min, max }] of Object.entries(LIMIT_KEYS)) {
    assertMatch(key, /^[a-z]+(_[a-z]+)*$/);
    assertEquals(key.endsWith("_seconds"), field.endsWith("Ms"), key);
    const fallback = DEFAULT_LIMITS[field as keyof Limits] / unitOf(field as keyof Limits);
    assert(min >= 1 && min <= fallback && fallback <= max, key);
  }
});

for (const [field, { key: name, min, max }] of Object.entries(LIMIT_KEYS)) {
  const unit = unitOf(field as keyof Limits);

  Deno.test(`readLimits() takes ${name} from ${min} to ${max}`, () => {
    assertEquals(read(`limits.${name} = ${min}`), [{ ...DEFAULT_LIMITS, [field]: min * unit }, []]);
    assertEquals(read(`limits.${name} = ${max}`), [{ ...DEFAULT_LIMITS, [field]: max * unit }, []]);
  });

  for (const value of [min - 1, max + 1]) {
    Deno.test(`readLimits() refuses ${name} = ${value}`, () => {
      const column = `limits.${name} = `.length + 1;
      assertEquals(read(`limits.${name} = ${value}`)[1], [
        `1:${column} "${name}" is ${value}: expected a whole number from ${min} to ${max}`,
      ]);
    });
  }
}

Deno.test("readLimits() refuses a key that it does not know", () => {
  assertEquals(read("[limits]\nconections = 1")[1], [
    '2:1 unknown key "conections": did you mean "connections"?',
  ]);
});

Deno.test("readLimits() refuses what is no table", () => {
  assertEquals(read("limits = 3"), [
    DEFAULT_LIMITS,
    ['1:10 "limits" is 3: expected a table: write [network.limits]'],
  ]);
});
