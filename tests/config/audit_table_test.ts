import { assertEquals } from "@std/assert";
import { AUDIT_DEFAULTS, readAudit, shownAudit } from "../../src/config/audit_table.ts";
import { Findings } from "../../src/config/toml/findings.ts";
import { faultsOf, load, print, tableOf } from "./load.ts";

/** What `[network]` holds of it. */
function read(text: string) {
  const findings = new Findings();
  const audit = readAudit(tableOf(text), findings);
  return [shownAudit(audit), print(findings.faults())];
}

Deno.test("readAudit() takes the defaults where nothing is written", () => {
  assertEquals(read(""), [AUDIT_DEFAULTS, []]);
  assertEquals(read("[audit]"), [AUDIT_DEFAULTS, []]);
});

const LINES: readonly (readonly [string, object])[] = [
  ["file_bytes = 65536", { file_bytes: 65_536 }],
  ["file_bytes = 1073741824", { file_bytes: 1_073_741_824 }],
  ["files_kept = 1", { files_kept: 1 }],
  ["files_kept = 100", { files_kept: 100 }],
  ["chain = true", { chain: true }],
  ["stderr = true", { stderr: true }],
  ["metadata = {}", {}],
  ['metadata."app.version" = "1.2"', { metadata: { "app.version": "1.2" } }],
  [`metadata."app.version" = "${"ü".repeat(256)}"`, {
    metadata: { "app.version": "ü".repeat(256) },
  }],
];

for (const [line, expected] of LINES) {
  Deno.test(`readAudit() reads ${line.slice(0, 60)}`, () => {
    assertEquals(read(`[audit]\n${line}`), [{ ...AUDIT_DEFAULTS, ...expected }, []]);
  });
}

const TEXT = "expected text in quotes, of at most 256 printable characters";

const FAULTS: readonly (readonly [string, string])[] = [
  [
    "file_bytes = 65535",
    '2:14 "file_bytes" is 65535: expected a whole number from 65536 to 1073741824',
  ],
  [
    "file_bytes = 1073741825",
    '2:14 "file_bytes" is 1073741825: expected a whole number from 65536 to 1073741824',
  ],
  ["files_kept = 0", '2:14 "files_kept" is 0: expected a whole number from 1 to 100'],
  ["files_kept = 101", '2:14 "files_kept" is 101: expected a whole number from 1 to 100'],
  ["chain = 1", '2:9 "chain" is 1: expected true or false'],
  ["chian = true", '2:1 unknown key "chian": did you mean "chain"?'],
  ["metadata = 1", '2:12 "metadata" is 1: expected a table: write [network.audit.metadata]'],
  ['metadata."app.version" = ""', `2:26 "app.version" is "": ${TEXT}`],
  ['metadata."app.version" = "a\\nb"', `2:26 "app.version" is "a\\u000ab": ${TEXT}`],
  ['metadata."app.versoin" = "a"', '2:10 unknown key "app.versoin": did you mean "app.version"?'],
  [
    'metadata.app.version = "1"',
    '2:10 "app" is a table: put the key in quotes, "app.version" = "…"',
  ],
];

for (const [line, fault] of FAULTS) {
  Deno.test(`readAudit() refuses ${JSON.stringify(line)}`, () => {
    assertEquals(read(`[audit]\n${line}`)[1], [fault]);
  });
}

Deno.test("readAudit() refuses metadata that is too long", () => {
  const [, faults] = read(`[audit]\nmetadata."app.version" = "${"x".repeat(257)}"`);
  assertEquals((faults as string[]).length, 1);
});

Deno.test({
  name: "readAuditFile() finds a path from the folder of the file that it is written in",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    assertEquals((await load("[network]")).auditFile, null);
    assertEquals((await load('[network]\naudit_file = "/var/log/a"')).auditFile, "/var/log/a");
    const { auditFile, sources } = await load('[network]\naudit_file = "a"');
    assertEquals(auditFile, sources[0]!.replace(/[^/]*$/, "a"));
  },
});

Deno.test("readAuditFile() refuses a chain without a file, and one file for two things", async () => {
  assertEquals(await faultsOf("[network]\naudit.chain = true"), [
    '2:7 "chain" has no file to be in: write audit_file, too',
  ]);
  assertEquals(await faultsOf('[network]\nviolation_file = "/x"\naudit_file = "/x"'), [
    '3:14 "audit_file" and "violation_file" name one file: name two',
  ]);
  assertEquals(await faultsOf('[network]\naudit_file = "a\\nb"'), [
    '2:14 "audit_file" has a line end or a NUL in it: name a file',
  ]);
});
