import { assertEquals } from "@std/assert";
import { isEmptyList, refuseMixture } from "../../../src/config/requirements/written_twice.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { print, tableOf } from "../load.ts";

function faultsOf(text: string): readonly string[] {
  const findings = new Findings();
  refuseMixture(tableOf(text), "map", ["one", "two"], findings);
  return print(findings.faults());
}

Deno.test("refuseMixture() refuses each list beside the map, unless it is empty", () => {
  assertEquals(faultsOf('one = ["a"]\ntwo = []\nmap = {}'), [
    '1:1 both "map" and "one": move all entries to "map"',
  ]);
  assertEquals(faultsOf('one = ["a"]\ntwo = ["b"]'), []);
  assertEquals(faultsOf("map = {}"), []);
});

Deno.test("isEmptyList() is so of a list without elements, and of nothing else", () => {
  const values = [...tableOf('a = []\nb = [1]\nc = {}\nd = ""').entries.values()];
  assertEquals(values.map(({ value }) => isEmptyList(value)), [true, false, false, false]);
});
