import { assertEquals } from "@std/assert";
import { readViolationFile } from "../../src/config/violation_file.ts";
import { Findings } from "../../src/config/toml/findings.ts";
import { parseOverride } from "../../src/config/toml/override_flag.ts";
import { parseTomlDocument } from "../../src/config/toml/toml_document.ts";
import type { LocatedTable } from "../../src/config/toml/located.ts";
import { print } from "./load.ts";

const HERE = Deno.cwd();

/** What becomes of `path` in the file `file`, or of `-c`. */
function read(path: string, file: string): [string | null, string[]] {
  const findings = new Findings();
  const line = `violation_file=${JSON.stringify(path)}`;
  const table = file === "-c" ? parseOverride(line, 1) : parseTomlDocument(line, file);
  const result = readViolationFile(table as LocatedTable, { violation_file: path }, findings);
  return [result, print(findings.faults())];
}

const PATHS: readonly (readonly [string, string, string | null])[] = [
  ["/var/log/d.log", "/etc/d/config.toml", "/var/log/d.log"],
  ["d.log", "/etc/d/config.toml", "/etc/d/d.log"],
  ["./logs/d.log", "/etc/d/config.toml", "/etc/d/logs/d.log"],
  ["../d.log", "/etc/d/config.toml", "/etc/d/../d.log"],
  ["d.log", "/config.toml", "/d.log"],
  ["d.log", "config.toml", `${HERE}/d.log`],
  ["d.log", "sub/config.toml", `${HERE}/sub/d.log`],
  ["d.log", "-c", `${HERE}/d.log`],
  ["", "/etc/d/config.toml", null],
];

for (const [path, file, expected] of PATHS) {
  Deno.test({
    name: `readViolationFile() finds "${path}" of ${file}`,
    ignore: Deno.build.os === "windows",
    fn: () => assertEquals(read(path, file), [expected, []]),
  });
}

Deno.test("readViolationFile() is null where nothing is written", () => {
  const table = parseTomlDocument("", "config.toml") as LocatedTable;
  assertEquals(readViolationFile(table, { violation_file: "" }, new Findings()), null);
});

Deno.test("readViolationFile() refuses what names no file", () => {
  const message = '"violation_file" has a line end or a NUL in it: name a file';
  assertEquals(read("a\nb", "/config.toml"), [null, [`1:16 ${message}`]]);
  assertEquals(read("a\0b", "/config.toml"), [null, [`1:16 ${message}`]]);
});
