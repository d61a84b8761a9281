import { assertEquals } from "@std/assert";
import { checkProfiles, readProfile } from "../../../src/config/surfaces/profile.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import type { LocatedTable } from "../../../src/config/toml/located.ts";
import { plain, print, tableOf } from "../load.ts";

function permissionsOf(text: string): [LocatedTable | null, ReturnType<typeof tableOf>] {
  const root = tableOf(text);
  const value = root.entries.get("permissions")?.value;
  return [value?.kind === "table" ? value : null, root];
}

/** The profile that this document selects, and the faults. */
function read(text: string) {
  const findings = new Findings();
  const [permissions, root] = permissionsOf(text);
  const profile = readProfile(permissions, root.entries.get("default_permissions")!, findings);
  return { profile, faults: print(findings.faults()) };
}

function select(name: string, profiles = ""): string {
  return `default_permissions = "${name}"\n${profiles}`;
}

const FAMILY = `[permissions.a]
description = "mine"
extends = "b"
network.domains = { "x.test" = "deny", "y.test" = "allow" }
filesystem = { ":minimal" = "read" }
[permissions.b]
description = "theirs"
extends = ":workspace"
network = { enabled = true, mode = "limited", domains = { "x.test" = "allow", "z.test" = "allow" } }
filesystem = { ":minimal" = "deny", ":tmpdir" = "write" }
workspace_roots = { "/work" = true }
[permissions.c]
extends = ":danger-full-access"
`;

Deno.test("readProfile() lays a profile over what it extends, and that over what that extends", () => {
  const { profile, faults } = read(select("a", FAMILY));
  assertEquals(faults, []);
  const { network, place: _, ...rest } = profile!;
  assertEquals(rest, {
    name: "a",
    chain: ["a", "b", ":workspace"],
    description: "mine",
    filesystem: [
      { path: ":minimal", subpath: null, access: "read" },
      { path: ":tmpdir", subpath: null, access: "write" },
    ],
  });
  assertEquals(plain(network), {
    enabled: true,
    mode: "limited",
    domains: { "x.test": "deny", "y.test": "allow", "z.test": "allow" },
  });
});

Deno.test("readProfile() does not inherit a description", () => {
  const text = '[permissions.a]\nextends = "b"\n[permissions.b]\ndescription = "theirs"';
  assertEquals(read(select("a", text)).profile?.description, null);
});

for (const name of [":read-only", ":workspace", ":danger-full-access"]) {
  Deno.test(`readProfile() knows ${name} without any table`, () => {
    const { profile, faults } = read(select(name));
    assertEquals(faults, []);
    assertEquals([profile!.chain, plain(profile!.network)], [[name], {}]);
  });
}

const KNOWN = ":read-only, :workspace, :danger-full-access";

/** What selects none. */
const WRONG: readonly (readonly [string, string])[] = [
  ["default_permissions = 1", '1:23 "default_permissions" is 1: expected text in quotes'],
  [select(":x"), `1:23 there is no built-in profile ":x": write ${KNOWN.replaceAll(", ", " or ")}`],
  [
    select(":x", FAMILY),
    `1:23 there is no built-in profile ":x": write ${KNOWN.replaceAll(", ", " or ")}`,
  ],
  [
    select("a"),
    `1:23 "default_permissions" takes a table [permissions.a] that it names, or one of ${KNOWN}`,
  ],
  [
    select("work", "[permissions.workspace]\n[permissions.other]"),
    '1:23 there is no profile "work": ' +
    'write [permissions.work], or name one of "workspace", "other"',
  ],
  [
    select("workspcae", "[permissions.workspace]"),
    '1:23 there is no profile "workspcae": did you mean "workspace"?',
  ],
  [
    select("c", FAMILY),
    '14:11 ":danger-full-access" cannot be extended: write :read-only or :workspace',
  ],
  [
    select("a", '[permissions.a]\nextends = "nobody"'),
    '3:11 there is no profile "nobody": write [permissions.nobody], or name one of "a"',
  ],
  [
    select("a", '[permissions.a]\nextends = ":nobody"'),
    '3:11 there is no built-in profile ":nobody": write :read-only or :workspace',
  ],
  [
    select("a", '[permissions.a]\nextends = "b"\n[permissions.b]\nextends = "a"'),
    '5:11 the profiles extend each other: a -> b -> a; remove one "extends"',
  ],
  [
    select("a", '[permissions.a]\nextends = "a"'),
    '3:11 the profiles extend each other: a -> a; remove one "extends"',
  ],
];

for (const [text, expected] of WRONG) {
  Deno.test(`readProfile() refuses ${JSON.stringify(text).slice(0, 80)}`, () => {
    assertEquals(read(text), { profile: null, faults: [expected] });
  });
}

/** What is wrong within a profile that is selected. */
const FAULTS: readonly (readonly [string, ...string[]])[] = [
  ["description = 1", '3:15 "description" is 1: expected text in quotes'],
  ["extends = true", '3:11 "extends" is true: expected text in quotes'],
  ["network = true", '3:11 "network" is true: expected a table'],
  ["filesystem = 'read'", '3:14 "filesystem" is "read": expected a table'],
  ["workspace_roots = ['/a']", '3:19 "workspace_roots" is a list: expected a table'],
  [
    "workspace_roots = { '/a' = 'yes' }",
    '3:28 "workspace_roots./a" is "yes": expected true or false',
  ],
];

for (const [line, ...expected] of FAULTS) {
  Deno.test(`readProfile() tells of ${line}`, () => {
    const { profile, faults } = read(select("a", `[permissions.a]\n${line}`));
    assertEquals([profile?.name, faults], ["a", expected]);
  });
}

const CHECKED: readonly (readonly [string, ...string[]])[] = [
  [FAMILY],
  [
    "[permissions.':x']",
    '1:14 the profile ":x" has the name of a built-in one: write it without the colon',
  ],
  [
    "[permissions.':workspace']",
    '1:14 the profile ":workspace" has the name of a built-in one: write it without the colon',
  ],
  [
    "permissions.a = 1",
    '1:17 "permissions.a" is 1: expected a table: write [permissions.a]',
  ],
  ["[permissions.a]\nnetwrok = {}", '2:1 unknown key "netwrok": did you mean "network"?'],
  [
    "[permissions.network]\nenabled = true",
    '2:1 unknown key "enabled": remove it; the keys of [permissions.network] are ' +
    "description, extends, workspace_roots, filesystem, network",
  ],
];

for (const [text, ...expected] of CHECKED) {
  Deno.test(`checkProfiles() of ${JSON.stringify(text).slice(0, 60)}`, () => {
    const findings = new Findings();
    checkProfiles(permissionsOf(text)[0]!, findings);
    assertEquals(print(findings.faults()), expected);
  });
}
