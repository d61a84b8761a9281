import { assertEquals } from "@std/assert";
import { readSandbox } from "../../../src/config/surfaces/sandbox_mode.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { print, tableOf, where } from "../load.ts";

/** `mode network place`, then the faults. */
function read(text: string): [string | null, readonly string[]] {
  const findings = new Findings();
  const root = tableOf(text);
  const sandbox = readSandbox(root, root.entries.get("sandbox_mode")!, findings);
  const shown = sandbox &&
    `${sandbox.mode} ${sandbox.network} ${where(sandbox.place.origin)}`;
  return [shown, print(findings.faults())];
}

const WRITE = 'sandbox_mode = "workspace-write"\n[sandbox_workspace_write]\n';

const READ: readonly (readonly [string, string | null, ...string[]])[] = [
  ['sandbox_mode = "read-only"', "read-only false 1:16"],
  ['sandbox_mode = "danger-full-access"', "danger-full-access true 1:16"],
  ['sandbox_mode = "workspace-write"', "workspace-write false 1:16"],
  [`${WRITE}network_access = true`, "workspace-write true 3:18"],
  [`${WRITE}network_access = false`, "workspace-write false 3:18"],
  [
    `${WRITE}writable_roots = ["/a"]\nexclude_tmpdir_env_var = true\nexclude_slash_tmp = true`,
    "workspace-write false 1:16",
  ],
  // It is the setting of another mode.
  [
    'sandbox_mode = "read-only"\nsandbox_workspace_write.network_access = true',
    "read-only false 1:16",
  ],
  [
    'sandbox_mode = "danger-full-access"\nsandbox_workspace_write.network_access = false',
    "danger-full-access true 1:16",
  ],
  [
    'sandbox_mode = "Read-Only"',
    null,
    '1:16 "sandbox_mode" is "Read-Only": ' +
    'expected "read-only" or "workspace-write" or "danger-full-access"',
  ],
  [
    'sandbox_mode = "read-only"\nsandbox_workspace_write = true',
    "read-only false 1:16",
    '2:27 "sandbox_workspace_write" is true: expected a table',
  ],
  [
    `${WRITE}network_access = "yes"\nnetwork_acess = true`,
    "workspace-write false 3:18",
    '3:18 "network_access" is "yes": expected true or false',
    '4:1 unknown key "network_acess": did you mean "network_access"?',
  ],
];

for (const [text, expected, ...faults] of READ) {
  Deno.test(`readSandbox() of ${JSON.stringify(text)}`, () => {
    assertEquals(read(text), [expected, faults]);
  });
}
