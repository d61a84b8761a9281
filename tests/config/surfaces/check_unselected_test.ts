import { assertEquals } from "@std/assert";
import { checkUnselected } from "../../../src/config/surfaces/check_unselected.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { print, tableOf } from "../load.ts";

/** A document, and what is wrong with what it does not select. */
const TABLE: readonly (readonly [string, ...string[]])[] = [
  ['[permissions.a.network]\nenabled = true\nlimits = { connections = 1 }\nmode = "full"'],
  ["sandbox_workspace_write = { network_access = true }"],
  ["default_permissions = 1", '1:23 "default_permissions" is 1: expected text in quotes'],
  [
    "sandbox_workspace_write = []",
    '1:27 "sandbox_workspace_write" is an empty list: expected a table',
  ],
  [
    "sandbox_mode = 'none'",
    '1:16 "sandbox_mode" is "none": expected "read-only" or "workspace-write" or "danger-full-access"',
  ],
  ["[permissions.a]\nextends = 1", '2:11 "extends" is 1: expected text in quotes'],
  ["[permissions.a]\nnetwork = true", '2:11 "network" is true: expected a table'],
  ["[permissions.a.network]\nmode = 'fast'", '2:8 "mode" is "fast": expected "full" or "limited"'],
  [
    "[permissions.a.network.limits]\nconnections = 0",
    '2:15 "connections" is 0: expected a whole number from 1 to 1000000',
  ],
  [
    "[permissions.a.network.domains]\n'a.test' = 'maybe'",
    '2:12 "domains.a.test" is "maybe": expected "allow" or "deny"',
  ],
  [
    "[permissions.a.network.rules]\n'a.test' = 'reed'",
    '2:12 bad "reed" in "a.test": there is no such word; write one of read, write, git-fetch, git-push',
  ],
  [
    "[permissions.a.filesystem]\n'relative' = 'read'",
    '2:1 "relative" is not an absolute path: write one, or one of :root, :minimal, :project_roots, ' +
    ":workspace_roots, :tmpdir, :slash_tmp",
  ],
];

for (const [text, ...expected] of TABLE) {
  Deno.test(`checkUnselected() of ${JSON.stringify(text)} tells ${expected.length}`, () => {
    const findings = new Findings();
    checkUnselected(tableOf(text), findings);
    assertEquals(print(findings.faults()), expected);
  });
}
