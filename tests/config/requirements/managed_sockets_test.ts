import { assertEquals } from "@std/assert";
import { readManagedSockets } from "../../../src/config/requirements/managed_sockets.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { print, tableOf } from "../load.ts";

function read(text: string) {
  const findings = new Findings();
  const sockets = readManagedSockets(tableOf(text), findings);
  return { sockets, faults: print(findings.faults()) };
}

Deno.test("readManagedSockets() is null where nobody speaks of sockets", () => {
  assertEquals(read(""), { sockets: null, faults: [] });
  assertEquals(read("allow_unix_sockets = []"), { sockets: null, faults: [] });
});

Deno.test("readManagedSockets() keeps the place of the map and of each socket", () => {
  const { sockets } = read('[unix_sockets]\n"/a" = "allow"\n"/b" = "deny"\n"/c" = "allow"\n');
  assertEquals(sockets?.origin.line, 1);
  assertEquals(sockets?.value.map(({ value, origin }) => [value, origin.line]), [["/a", 2], [
    "/c",
    4,
  ]]);
});

Deno.test("readManagedSockets() tells of a list that is none", () => {
  assertEquals(read('allow_unix_sockets = "/a"').faults, [
    '1:22 "allow_unix_sockets" is "/a": expected a list, as in ["…"]',
  ]);
});
