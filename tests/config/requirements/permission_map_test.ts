import { assertEquals } from "@std/assert";
import { readPermissionMap } from "../../../src/config/requirements/permission_map.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { print, tableOf } from "../load.ts";

function entriesOf(text: string) {
  const findings = new Findings();
  const value = tableOf(text).entries.get("domains")!.value;
  const entries = readPermissionMap(value, "domains", findings).map((
    { text, permission, place },
  ) => [text, permission, place.origin.line, place.origin.column]);
  return { entries, faults: print(findings.faults()) };
}

Deno.test("readPermissionMap() reads a map in its order, with the place of each key", () => {
  assertEquals(entriesOf('[domains]\n"b.test" = "deny"\n"a.test" = "allow"\n'), {
    entries: [["b.test", "deny", 2, 1], ["a.test", "allow", 3, 1]],
    faults: [],
  });
});

Deno.test("readPermissionMap() tells of each entry that is none, and reads the others", () => {
  assertEquals(entriesOf('domains = { "a.test" = true, "b.test" = "none", "c.test" = "allow" }'), {
    entries: [["c.test", "allow", 1, 49]],
    faults: [
      '1:24 "domains.a.test" is true: expected "allow" or "deny"',
      '1:41 "domains.b.test" is "none": expected "allow" or "deny"',
    ],
  });
});
