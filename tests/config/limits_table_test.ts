import { assert, assertEquals, assertMatch } from "@std/assert";
import { LIMIT_KEYS, readLimits, unitOf } from "../../src/config/limits_table.ts";
import { Findings } from "../../src/config/toml/findings.ts";
import { DEFAULT_LIMITS, limitKey, type Limits } from "../../src/proxy/limits.ts";
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
    { ...DEFAULT_LIMITS, connections: 7, connectionsPerClient: 6, dnsMs: 3000 },
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

Deno.test("LIMIT_KEYS have the names that answers and metrics use", () => {
  for (const [field, { key }] of Object.entries(LIMIT_KEYS)) {
    assertEquals(limitKey(field as keyof Limits), key);
  }
});

Deno.test("readLimits() gives one client three quarters of the connections, unless told otherwise", () => {
  const perClient = (text: string) => read(text)[0].connectionsPerClient;
  assertEquals(perClient("limits.connections = 1"), 1);
  assertEquals(perClient("limits.connections = 4"), 3);
  assertEquals(perClient("limits = { connections = 4, connections_per_client = 4 }"), 4);
  assertEquals(perClient("limits.connections_per_client = 9"), 9);
});

for (const [field, { key: name, min, max }] of Object.entries(LIMIT_KEYS)) {
  const unit = unitOf(field as keyof Limits);

  Deno.test(`readLimits() takes ${name} from ${min} to ${max}`, () => {
    for (const value of [min, max]) {
      const [limits, faults] = read(`limits.${name} = ${value}`);
      const { connectionsPerClient } = limits;
      const expected = { ...DEFAULT_LIMITS, connectionsPerClient, [field]: value * unit };
      assertEquals([limits, faults], [expected, []]);
    }
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
