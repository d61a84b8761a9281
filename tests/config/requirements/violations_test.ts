import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Constraints, constraintsOf } from "../../../src/config/requirements/constraints.ts";
import { violationMessage, violations } from "../../../src/config/requirements/violations.ts";
import type { Access } from "../../../src/config/requirements/governed_settings.ts";
import { required, settings, type Written } from "./required.ts";

/** The messages of all that goes beyond these lines of `[experimental_network]`. */
async function broken(
  lines: string,
  user: Written,
  change: (constraints: Constraints) => Constraints = (constraints) => constraints,
  access: Access = "restricted",
): Promise<readonly string[]> {
  const constraints = change(constraintsOf(await required(lines), access));
  return violations(constraints, settings(user)).map(violationMessage);
}

/** Another reading of whether users may add to the managed lists. */
function expanding(allow: boolean | null, deny: boolean | null = allow) {
  return (constraints: Constraints): Constraints => ({
    ...constraints,
    allowed: constraints.allowed && { ...constraints.allowed, expansion: allow },
    denied: constraints.denied && { ...constraints.denied, expansion: deny },
  });
}

/** The switches: none may be on that is required to be off. */
const FLAGS = [
  "enabled",
  "allow_upstream_proxy",
  "dangerously_allow_non_loopback_proxy",
  "dangerously_allow_non_loopback_admin",
  "dangerously_allow_all_unix_sockets",
  "allow_local_binding",
] as const;

for (const key of FLAGS) {
  Deno.test(`violations() lets nobody set ${key} where it is off`, async () => {
    assertEquals(await broken(`${key} = false`, { network: { [key]: true } }), [
      `invalid value for network.${key}: true (allowed false (disabled by managed config)); ` +
      `required by requirements.toml:2:1: write ${key} = false`,
    ]);
    assertEquals(await broken(`${key} = false`, { network: { [key]: false } }), []);
    assertEquals(await broken(`${key} = true`, { network: { [key]: true } }), []);
    assertEquals(await broken(`${key} = true`, { network: { [key]: false } }), []);
    assertEquals(await broken("", { network: { [key]: true } }), []);
  });
}

Deno.test("violations() lets nobody leave limited mode", async () => {
  assertEquals(await broken('mode = "limited"', { network: { mode: "full" } }), [
    "invalid value for network.mode: Full (allowed Limited or more restrictive); " +
    'required by requirements.toml:2:1: write mode = "limited"',
  ]);
  assertEquals(await broken('mode = "limited"', { network: { mode: "limited" } }), []);
  assertEquals(await broken('mode = "full"', { network: { mode: "limited" } }), []);
});

/** Sockets that are managed, whether all may be on, and whether it is a violation. */
const ALL_SOCKETS: readonly (readonly [string, boolean])[] = [
  ["", false],
  ["dangerously_allow_all_unix_sockets = true", false],
  ['unix_sockets = { "/a" = "allow" }', true],
  ['allow_unix_sockets = ["/a"]', true],
  ['dangerously_allow_all_unix_sockets = true\nunix_sockets = { "/a" = "allow" }', false],
];

for (const [lines, isBroken] of ALL_SOCKETS) {
  Deno.test(`violations() judges all unix sockets by ${JSON.stringify(lines)}`, async () => {
    const user = { network: { dangerously_allow_all_unix_sockets: true } };
    assertEquals((await broken(lines, user)).length, isBroken ? 1 : 0);
  });
}

/** Managed hosts, whether users may add to them, the user's, and what is said of those. */
const ALLOWED: readonly (readonly [string, boolean | null, Written, string | null])[] = [
  // The older reading: a user may only narrow.
  [
    "a.test",
    null,
    { allow: ["a.test", "evil.test"] },
    '["evil.test"] (allowed subset of managed allowed_domains)',
  ],
  ["a.test", null, { allow: ["A.TEST"] }, null],
  ["a.test", null, {}, null],
  ["*.a.test", null, { allow: ["api.a.test"] }, null],
  [
    "*.a.test",
    null,
    { allow: ["**.a.test"] },
    '["**.a.test"] (allowed subset of managed allowed_domains)',
  ],
  [
    "a.test",
    null,
    { network: { dangerously_allow_all_domains: true } },
    '["*"] (allowed subset of managed allowed_domains)',
  ],
  // A baseline: a user may add.
  ["a.test", true, { allow: ["A.test", "b.test"] }, null],
  [
    "a.test",
    true,
    { allow: ["b.test"] },
    'missing managed allowed_domains entries (allowed ["a.test"])',
  ],
  ["a.test", true, { allow: ["b.test"], deny: ["A.test"] }, null],
  ["a.test", true, { network: { dangerously_allow_all_domains: true } }, null],
  // Fixed.
  ["a.test", false, { allow: ["A.test"] }, null],
  [
    "a.test",
    false,
    { allow: ["a.test", "b.test"] },
    '["a.test", "b.test"] (allowed must match managed allowed_domains)',
  ],
  ["a.test", false, {}, "[] (allowed must match managed allowed_domains)"],
  ["a.test", false, { deny: ["a.test"] }, null],
  [
    "a.test",
    false,
    { allow: ["a.test"], network: { dangerously_allow_all_domains: true } },
    '["*"] (allowed must match managed allowed_domains)',
  ],
];

for (const [managed, expansion, user, expected] of ALLOWED) {
  Deno.test(
    `violations() holds ${JSON.stringify(user)} to ${managed}, expansion ${expansion}`,
    async () => {
      const lines = `domains = { "${managed}" = "allow" }`;
      const found = await broken(lines, user, expanding(expansion));
      assertEquals(
        found.map((message) => message.split("; required by ")[0]),
        expected === null ? [] : [`invalid value for network.allowed_domains: ${expected}`],
      );
    },
  );
}

/** Managed denials, whether users may add to them, the user's, and what is said of those. */
const DENIED: readonly (readonly [boolean | null, readonly string[], string | null])[] = [
  [null, [], 'missing managed denied_domains entries (allowed ["evil.test"])'],
  [null, ["b.test"], 'missing managed denied_domains entries (allowed ["evil.test"])'],
  [null, ["b.test", "Evil.test"], null],
  [true, ["b.test", "evil.test"], null],
  [true, [], 'missing managed denied_domains entries (allowed ["evil.test"])'],
  [false, ["evil.test."], null],
  [
    false,
    ["evil.test", "b.test"],
    '["evil.test", "b.test"] (allowed must match managed denied_domains)',
  ],
  [false, [], "[] (allowed must match managed denied_domains)"],
];

for (const [expansion, deny, expected] of DENIED) {
  Deno.test(
    `violations() holds ${JSON.stringify(deny)} to what is denied, expansion ${expansion}`,
    async () => {
      const lines = 'domains = { "evil.test" = "deny" }';
      const found = await broken(lines, { deny }, expanding(expansion));
      assertEquals(
        found.map((message) => message.split("; required by ")[0]),
        expected === null ? [] : [`invalid value for network.denied_domains: ${expected}`],
      );
    },
  );
}

Deno.test("violations() holds unix sockets to the managed ones, letter for letter", async () => {
  const lines = 'unix_sockets = { "/a" = "allow", "/b" = "allow" }';
  assertEquals(await broken(lines, { sockets: ["/b"] }), []);
  assertEquals(await broken(lines, { sockets: ["/a", "/A", "/c"] }), [
    'invalid value for network.allow_unix_sockets: ["/A", "/c"] ' +
    "(allowed subset of managed allow_unix_sockets); required by requirements.toml:2:1: remove them",
  ]);
});

Deno.test("violations() knows no deny list that denies everything, required or not", async () => {
  const user = settings({ deny: ["a.test"] });
  const constraints = constraintsOf(await required(""), "restricted");
  for (const text of ["*", "[*]", "**.[*]"]) {
    const deny = user.deny.map(({ rule, place }) => ({ rule: { ...rule, text }, place }));
    assertEquals(violations(constraints, { ...user, deny }).map(violationMessage), [
      `invalid value for network.denied_domains: ${text} (allowed exact hosts or scoped wildcards ` +
      "like *.example.com or **.example.com): name the hosts; what is not allowed is denied already",
    ]);
  }
});

Deno.test("violations() are in the order in which they are documented", async () => {
  const lines = [
    'allow_unix_sockets = ["/a"]',
    'domains = { "a.test" = "allow", "evil.test" = "deny" }',
    ...FLAGS.map((key) => `${key} = false`),
    'mode = "limited"',
  ];
  const on = Object.fromEntries(FLAGS.map((key) => [key, true]));
  const user = settings({ network: { ...on, mode: "full" }, deny: ["x.test"], sockets: ["/c"] });
  const deny = user.deny.map(({ rule, place }) => ({ rule: { ...rule, text: "*" }, place }));
  const constraints = constraintsOf(await required(lines.join("\n")), "restricted");
  assertEquals(violations(constraints, { ...user, deny }).map(({ field }) => field), [
    "network.denied_domains",
    "network.enabled",
    "network.mode",
    "network.allow_upstream_proxy",
    "network.dangerously_allow_non_loopback_proxy",
    "network.dangerously_allow_non_loopback_admin",
    "network.dangerously_allow_all_unix_sockets",
    "network.allow_local_binding",
    "network.allowed_domains",
    "network.denied_domains",
    "network.allow_unix_sockets",
  ]);
});

Deno.test("violations() tell where the setting was written", async () => {
  const constraints = constraintsOf(await required('mode = "limited"'), "restricted");
  const at = (user: Written) => violations(constraints, settings(user)).map(({ at }) => at?.file);
  assertEquals(at({ network: { mode: "full" } }), ["config.toml"]);
  assertEquals(at({}), [undefined]);
});

Deno.test("violations() says what mends a policy that allows everything", async () => {
  const user = { network: { dangerously_allow_all_domains: true } };
  const lines = 'domains = { "a.test" = "allow" }';
  const [message] = await broken(lines, user, expanding(null));
  assertStringIncludes(message ?? "", "write dangerously_allow_all_domains = false");
});
