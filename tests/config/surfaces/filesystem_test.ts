import { assertEquals } from "@std/assert";
import { readFilesystem } from "../../../src/config/surfaces/filesystem.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { print, tableOf } from "../load.ts";

/** Each entry as `path[/subpath] access`, then the faults, then the notices. */
function read(text: string): [readonly string[], readonly string[], readonly string[]] {
  const findings = new Findings();
  const entries = readFilesystem(tableOf(text), findings).map(({ path, subpath, access }) =>
    `${path}${subpath === null ? "" : ` + ${subpath}`} ${access}`
  );
  return [entries, print(findings.faults()), print(findings.notices())];
}

const RIGHT: readonly (readonly [string, ...string[]])[] = [
  [""],
  ['":minimal" = "read"', ":minimal read"],
  ['":root" = "read"', ":root read"],
  ['":root" = "deny"', ":root deny"],
  ['":tmpdir" = "write"\n":slash_tmp" = "write"', ":tmpdir write", ":slash_tmp write"],
  ['":project_roots" = "write"', ":project_roots write"],
  ['"/etc" = "read"\n"/etc/shadow" = "deny"', "/etc read", "/etc/shadow deny"],
  ['"C:\\\\Users" = "read"', "C:\\Users read"],
  ['"\\\\\\\\server\\\\share" = "read"', "\\\\server\\share read"],
  [
    '[":project_roots"]\n"docs" = "read"\n".git" = "deny"\n"src/gen" = "write"\n"..x" = "read"',
    ":project_roots + docs read",
    ":project_roots + .git deny",
    ":project_roots + src/gen write",
    ":project_roots + ..x read",
  ],
  ['[":workspace_roots"]\n"**/*.env" = "deny"', ":workspace_roots + **/*.env deny"],
  ["glob_scan_max_depth = 1"],
];

for (const [text, ...expected] of RIGHT) {
  Deno.test(`readFilesystem() reads ${JSON.stringify(text).slice(0, 60)}`, () => {
    assertEquals(read(text), [expected, [], []]);
  });
}

const OUTSIDE = "is outside of the workspace, and cannot be written: " +
  'write "read", or name a folder below :project_roots';
const ACCESS = 'expected "read" or "write" or "deny"';
const SPECIAL = ":root, :minimal, :project_roots, :workspace_roots, :tmpdir, :slash_tmp";
const DOTS = 'it has a "." or ".." in it; write the path without';
const ABSOLUTE = "it is absolute; write it relative to the root";
const DEPTH = "expected a whole number from 1 to 1000000";

const WRONG: readonly (readonly [string, string])[] = [
  ['"/etc" = "write"', `1:10 "/etc" ${OUTSIDE}`],
  ['":root" = "write"', `1:11 ":root" ${OUTSIDE}`],
  ['":minimal" = "write"', `1:14 ":minimal" ${OUTSIDE}`],
  ['"/etc" = "rw"', `1:10 "/etc" is "rw": ${ACCESS}`],
  ['"/etc" = true', `1:10 "/etc" is true: ${ACCESS}`],
  ['"etc" = "read"', `1:1 "etc" is not an absolute path: write one, or one of ${SPECIAL}`],
  ['"" = "read"', `1:1 "" is not an absolute path: write one, or one of ${SPECIAL}`],
  ['"./etc" = "read"', `1:1 "./etc" is not an absolute path: write one, or one of ${SPECIAL}`],
  [
    '[":minimal"]\nx = "read"',
    '1:2 ":minimal" cannot be scoped: only :project_roots has paths below it',
  ],
  ['["/etc"]\nx = "read"', '1:2 "/etc" cannot be scoped: only :project_roots has paths below it'],
  [
    '[":tmpdir"]\nx = "read"',
    '1:2 ":tmpdir" cannot be scoped: only :project_roots has paths below it',
  ],
  [
    '[":project_roots"]\n"" = "read"',
    '2:1 bad path "" below :project_roots: it is empty; name a folder or a file in it',
  ],
  ['[":project_roots"]\n"." = "read"', `2:1 bad path "." below :project_roots: ${DOTS}`],
  ['[":project_roots"]\n".." = "read"', `2:1 bad path ".." below :project_roots: ${DOTS}`],
  ['[":project_roots"]\n"a/../b" = "read"', `2:1 bad path "a/../b" below :project_roots: ${DOTS}`],
  ['[":project_roots"]\n"./a" = "read"', `2:1 bad path "./a" below :project_roots: ${DOTS}`],
  [
    '[":project_roots"]\n\'a\\..\' = "read"',
    `2:1 bad path "a\\\\.." below :project_roots: ${DOTS}`,
  ],
  ['[":project_roots"]\n"/a" = "read"', `2:1 bad path "/a" below :project_roots: ${ABSOLUTE}`],
  [
    '[":workspace_roots"]\n"C:\\\\a" = "read"',
    `2:1 bad path "C:\\\\a" below :workspace_roots: ${ABSOLUTE}`,
  ],
  [
    '[":project_roots"]\n"C:a" = "read"',
    '2:1 bad path "C:a" below :project_roots: it names a drive; write it relative to the root',
  ],
  [
    '[":project_roots"]\na = { b = "read" }',
    '2:5 "a" is a table: expected "read", "write" or "deny"',
  ],
  ['[":project_roots"]\na = "rw"', `2:5 "a" is "rw": ${ACCESS}`],
  ["glob_scan_max_depth = 0", `1:23 "glob_scan_max_depth" is 0: ${DEPTH}`],
  ["glob_scan_max_depth = 1.5", `1:23 "glob_scan_max_depth" is 1.5: ${DEPTH}`],
];

for (const [text, expected] of WRONG) {
  Deno.test(`readFilesystem() refuses ${JSON.stringify(text)}`, () => {
    assertEquals(read(text), [[], [expected], []]);
  });
}

Deno.test("readFilesystem() ignores a name that is not known yet, and says so", () => {
  assertEquals(read('":future" = "read"\n":minimal" = "read"'), [
    [":minimal read"],
    [],
    ['1:1 ":future" is not known here, and ignored'],
  ]);
});
