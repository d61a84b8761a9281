import { assertEquals } from "@std/assert";
import {
  readCapabilities,
  readHeaderNames,
  readMethods,
  readPaths,
  readWanted,
  whyNotHeader,
} from "../../src/config/rule_readers.ts";
import { Findings } from "../../src/config/toml/findings.ts";
import type { Reader } from "../../src/config/toml/value_readers.ts";
import { print, tableOf } from "./load.ts";

function read<T>(reader: Reader<T>, value: string): T | readonly string[] | undefined {
  const findings = new Findings();
  const entry = tableOf(`key = ${value}`).entries.get("key")!;
  const found = reader(entry.value, "key", findings);
  const faults = print(findings.faults());
  return faults.length === 0 ? found : faults;
}

Deno.test("readMethods() reads one or several, in capitals, and * for all", () => {
  assertEquals(read(readMethods, '"get"'), ["GET"]);
  assertEquals(read(readMethods, '["GET", "m-search"]'), ["GET", "M-SEARCH"]);
  assertEquals(read(readMethods, '["GET", "*"]'), null);
  assertEquals(read(readMethods, '["GET", 1, ""]'), [
    '1:15 "key" is 1: expected text in quotes',
    '1:18 bad "" in "key": it is no method; write GET',
  ]);
  assertEquals(read(readMethods, "{}"), [
    '1:7 "key" is a table: expected text, or a list as in ["\u2026"]',
  ]);
});

Deno.test("readPaths() takes a star as it is told", () => {
  const kinds = (stars: "wild" | "literal") => {
    const paths = read(readPaths(stars), '["/a", "/*"]');
    return paths?.map((path) => typeof path === "string" ? path : path.kind);
  };
  assertEquals([kinds("wild"), kinds("literal")], [["prefix", "glob"], ["prefix", "prefix"]]);
});

Deno.test("readCapabilities() reads words", () => {
  assertEquals(read(readCapabilities, '["read"]'), [{ word: "read", scope: null }]);
});

Deno.test("readWanted() reads values by name, and an empty list for presence", () => {
  const table = '{ Accept = "a", X-B = ["b", "pattern:c*"], D = [] }';
  const values = [
    [{ kind: "exact", text: "a" }],
    [{ kind: "exact", text: "b" }, { kind: "glob", pieces: ["c", ""] }],
    [],
  ] as const;
  const named = (names: readonly string[]) =>
    names.map((name, at) => ({ name, values: values[at]! }));
  assertEquals(read(readWanted("headers", "presence"), table), named(["accept", "x-b", "d"]));
  assertEquals(read(readWanted("parameters", "presence"), table), named(["Accept", "X-B", "D"]));
  assertEquals(read(readWanted("headers", "refused"), table), [
    '1:54 "key.D" is an empty list, and nothing matches it: remove it',
  ]);
  assertEquals(read(readWanted("headers", "presence"), '{ "a:" = "x" }'), [
    '1:9 "a:" is no name of a header',
  ]);
});

Deno.test("readWanted() does not show what stands in place of the table", () => {
  assertEquals(read(readWanted("headers", "presence"), '"Authorization: s3cret"'), [
    '1:7 "key" is not a table: write key = { name = "value" }',
  ]);
});

Deno.test("readWanted() quotes and cuts names that are told", () => {
  assertEquals(read(readWanted("parameters", "presence"), `{ '"${"x".repeat(200)}' = 1 }`), [
    `1:215 "key.\\"${"x".repeat(115)}…" is 1: expected text in quotes`,
  ]);
});

Deno.test("readHeaderNames() reads names into lower case; none will do", () => {
  assertEquals(read(readHeaderNames, '["Cookie", "X-A"]'), ["cookie", "x-a"]);
  assertEquals(read(readHeaderNames, "[]"), []);
});

Deno.test("whyNotHeader() keeps what Doorward writes itself", () => {
  assertEquals([whyNotHeader("Cookie"), whyNotHeader("X-A")], [null, null]);
  for (const name of ["Host", "content-length", "Transfer-Encoding", "Connection", "Upgrade"]) {
    assertEquals(whyNotHeader(name), "Doorward writes this header itself", name);
  }
  for (const name of ["", "a b", "a:", "\u00e9", "a\n"]) {
    assertEquals(whyNotHeader(name), "it is no name of a header", name);
  }
});
