import { assertEquals } from "@std/assert";
import { isPath, readPathKey } from "../../src/config/path_key.ts";
import { Findings } from "../../src/config/toml/findings.ts";
import { parseOverride } from "../../src/config/toml/override_flag.ts";
import type { LocatedTable } from "../../src/config/toml/located.ts";
import { print, tableOf } from "./load.ts";

/** What becomes of `key = "path"` in `config.toml`. */
function read(path: string): [string | null, string[]] {
  const findings = new Findings();
  const table = tableOf(`key = ${JSON.stringify(path)}`);
  return [readPathKey(table, "key", path, findings), print(findings.faults())];
}

Deno.test({
  name: "readPathKey() makes a path absolute, and says nothing of one that is empty",
  ignore: Deno.build.os === "windows",
  fn: () => {
    assertEquals(read("/a/b"), ["/a/b", []]);
    assertEquals(read("b"), [`${Deno.cwd()}/b`, []]);
    assertEquals(read(""), [null, []]);
  },
});

Deno.test("readPathKey() takes a path of -c from the current folder", () => {
  const table = parseOverride('key="b"', 1) as LocatedTable;
  assertEquals(readPathKey(table, "key", "b", new Findings())?.endsWith("b"), true);
  assertEquals(readPathKey(table, "other", "b", new Findings()), null);
});

Deno.test("readPathKey() refuses what names no file, by its key", () => {
  assertEquals(read("a\nb"), [null, ['1:7 "key" has a line end or a NUL in it: name a file']]);
});

Deno.test("isPath() takes what a system takes", () => {
  assertEquals(["a", "/a b", "", "a\0", "a\nb", "a\r"].map(isPath), [
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
