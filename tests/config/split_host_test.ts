import { assertEquals } from "@std/assert";
import { splitHost } from "../../src/config/split_host.ts";
import { tableOf } from "./load.ts";

/** Assignments, and the host that was meant by the first key. */
const READ: readonly (readonly [string, string | null])[] = [
  ['github.com = "read"', "github.com"],
  ['api.github.com = ["read"]', "api.github.com"],
  ["a.test = {}", "a.test"],
  ["a.test = { methods = 'GET' }", "a.test"],
  ["a.test.methods = 'GET'", "a.test"],
  ["[a.b-1.test]\nmethods = 'GET'", "a.b-1.test"],
  ["a.test = 'read'\na.example = 'read'", "a.test"],
  // One label, and what is said of it.
  ["localhost = 'read'", null],
  ["localhost.methods = 'GET'", null],
  ["localhost.method = 'GET'", null],
  ["localhost = { foo = 1 }", null],
  ["localhost = {}", null],
  // In quotes, it is whole.
  ['"a.test" = { foo = 1 }', null],
  ['"a.test".foo = 1', null],
  ['a."*" = 1', null],
];

for (const [text, host] of READ) {
  Deno.test(`splitHost() finds ${host} in ${JSON.stringify(text)}`, () => {
    const [[name, entry]] = [...tableOf(text).entries] as [
      [string, Parameters<typeof splitHost>[1]],
    ];
    assertEquals(splitHost(name, entry, ["methods", "paths"]), host);
  });
}
