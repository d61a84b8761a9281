import { assertEquals } from "@std/assert";
import { combineRequirements } from "../../../src/config/requirements/combine_requirements.ts";
import { NO_REQUIREMENTS } from "../../../src/config/requirements/requirements.ts";
import { read, required, texts } from "./required.ts";

/** Two documents as one, the first of them the more important. */
async function both(first: string, second: string) {
  return combineRequirements([
    await required(first, "system.toml"),
    await required(second, "flag.toml"),
  ]);
}

/** A key, the value of each source, and which one wins. */
const VALUES: readonly (readonly [string, string, string, string])[] = [
  ["mode", '"full"', '"limited"', "flag.toml"],
  ["mode", '"limited"', '"full"', "system.toml"],
  ["allow_upstream_proxy", "true", "false", "flag.toml"],
  ["dangerously_allow_non_loopback_proxy", "true", "false", "flag.toml"],
  ["dangerously_allow_non_loopback_admin", "false", "true", "system.toml"],
  ["dangerously_allow_all_unix_sockets", "false", "true", "system.toml"],
  ["allow_local_binding", "true", "false", "flag.toml"],
  ["managed_allowed_domains_only", "false", "true", "flag.toml"],
  ["danger_full_access_denylist_only", "true", "false", "flag.toml"],
  ["enabled", "false", "true", "system.toml"],
  ["enabled", "true", "false", "system.toml"],
  ["http_port", "1", "2", "system.toml"],
  ["socks_port", "2", "1", "system.toml"],
];

for (const [key, system, flag, winner] of VALUES) {
  Deno.test(`combineRequirements() takes ${key} ${system} or ${flag} from ${winner}`, async () => {
    const { values } = await both(`${key} = ${system}`, `${key} = ${flag}`);
    const pinned = Object.entries(values).find(([name]) => name === key)![1];
    assertEquals(pinned?.origin.file, winner);
  });
}

Deno.test("combineRequirements() takes what only one source says from that one", async () => {
  const { values } = await both("enabled = true", 'mode = "full"\nhttp_port = 1');
  assertEquals([values.enabled?.value, values.mode?.value, values.http_port?.value], [
    true,
    "full",
    1,
  ]);
  const none = combineRequirements([NO_REQUIREMENTS, NO_REQUIREMENTS]);
  assertEquals([none, combineRequirements([])], [NO_REQUIREMENTS, NO_REQUIREMENTS]);
});

Deno.test("combineRequirements() takes the feature from the more important source", async () => {
  const features = async (text: string) => (await read(`[features]\n${text}`)).requirements;
  const first = await features("network_proxy = false");
  const second = await features("network_proxy = true");
  assertEquals(combineRequirements([first, second]).feature?.value, false);
  assertEquals(combineRequirements([await features(""), second]).feature?.value, true);
});

Deno.test("combineRequirements() unites the rules, and the more important one keeps its place", async () => {
  const { allow, deny } = await both(
    'domains = { "a.test" = "allow", "b.test" = "deny", "c.test" = "deny" }',
    'domains = { "A.test" = "allow", "d.test" = "allow", "c.test" = "allow", "e.test" = "deny" }',
  );
  assertEquals(texts(allow), ["a.test", "d.test", "c.test"]);
  assertEquals(allow[0]!.rule.origin.file, "system.toml");
  assertEquals(texts(deny), ["b.test", "c.test", "e.test"]);
});

const ONLY = "managed_allowed_domains_only = true";

/** The hosts of two sources, and which of them are left. */
const PINNED: readonly (readonly [string, string, readonly string[]])[] = [
  [
    `${ONLY}\ndomains = { "a.test" = "allow" }`,
    'domains = { "b.test" = "allow" }',
    ["a.test"],
  ],
  ['domains = { "b.test" = "allow" }', `${ONLY}\ndomains = { "a.test" = "allow" }`, ["a.test"]],
  ['domains = { "b.test" = "allow" }', ONLY, []],
  [
    `${ONLY}\ndomains = { "*.a.test" = "allow", "b.test" = "allow" }`,
    `${ONLY}\ndomains = { "x.a.test" = "allow", "c.test" = "allow" }`,
    ["x.a.test"],
  ],
];

for (const [system, flag, expected] of PINNED) {
  Deno.test(`combineRequirements() lets ${flag} add nothing to ${system}`, async () => {
    assertEquals(texts((await both(system, flag)).allow), expected);
  });
}

/** The unix sockets of two sources, and which of them are left. */
const SOCKETS: readonly (readonly [string, string, readonly string[] | null])[] = [
  ["", "", null],
  ['unix_sockets = { "/a" = "allow" }', "", ["/a"]],
  ["", "unix_sockets = {}", []],
  [
    'unix_sockets = { "/a" = "allow", "/b" = "allow" }',
    'unix_sockets = { "/b" = "allow", "/c" = "allow", "/a" = "deny" }',
    ["/b"],
  ],
];

for (const [system, flag, expected] of SOCKETS) {
  Deno.test(`combineRequirements() takes unix sockets of ${system} that ${flag} allows`, async () => {
    const { unixSockets } = await both(system, flag);
    assertEquals(unixSockets?.value.map(({ value }) => value) ?? null, expected);
  });
}

/** Whether denials are all that is left, as two sources have it. */
const DENYLIST_ONLY: readonly (readonly [string, string, boolean | undefined])[] = [
  ["", "danger_full_access_denylist_only = true", true],
  ['domains = { "a.test" = "deny" }', "danger_full_access_denylist_only = true", true],
  ['domains = { "a.test" = "allow" }', "danger_full_access_denylist_only = true", undefined],
  [ONLY, "danger_full_access_denylist_only = true", undefined],
  [
    'danger_full_access_denylist_only = true\ndomains = { "a.test" = "allow" }',
    "danger_full_access_denylist_only = true",
    true,
  ],
];

for (const [system, flag, expected] of DENYLIST_ONLY) {
  Deno.test(`combineRequirements() asks ${JSON.stringify(system)} before it allows all`, async () => {
    const { values } = await both(system, flag);
    assertEquals(values.danger_full_access_denylist_only?.value, expected);
  });
}
