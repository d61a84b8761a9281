import { assertEquals } from "@std/assert";
import { basePolicy, withDerivedMitm } from "../../../src/config/surfaces/base_policy.ts";
import { readProfile } from "../../../src/config/surfaces/profile.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import type { LocatedTable } from "../../../src/config/toml/located.ts";
import { plain, print, tableOf, where } from "../load.ts";

interface Case {
  readonly flat?: string;
  /** What `permissions.p` holds. */
  readonly profile?: string;
  readonly hasSandbox?: boolean;
}

function base({ flat, profile, hasSandbox = false }: Case) {
  const findings = new Findings();
  const root = tableOf(`default_permissions = "p"\n[permissions.p]\n${profile ?? ""}`);
  const selected = root.entries.get("default_permissions")!;
  const permissions = root.entries.get("permissions")!.value as LocatedTable;
  const { surface, table, where: header } = basePolicy(
    flat === undefined ? null : tableOf(flat),
    profile === undefined ? null : readProfile(permissions, selected, findings),
    hasSandbox,
    findings,
  );
  return [surface, header, plain(table), print(findings.faults())];
}

const PROFILE = "[permissions.PROFILE.network]";
const HOOK = { host: "a", match: {}, actions: {} };

const CASES: readonly (readonly [Case, string, string, unknown, ...string[]])[] = [
  [{}, "none", "[network]", {}],
  [{ hasSandbox: true }, "sandbox_mode", "[network]", {}],
  [{ profile: "" }, "profile", PROFILE, {}],
  [
    { profile: "network = { enabled = true, domains = { a = 'allow' } }" },
    "profile",
    PROFILE,
    { enabled: true, allowed_domains: ["a"] },
  ],
  [
    { flat: "mode = 'full'\ndomains = { a = 'deny' }", hasSandbox: true },
    "network",
    "[network]",
    { mode: "full", denied_domains: ["a"] },
  ],
  // Both may say whether there is a network.
  [
    { flat: "mode = 'full'", profile: "network.enabled = true" },
    "network",
    "[network]",
    { mode: "full" },
  ],
  [
    { flat: "\nmode = 'full'", profile: "network.enabled = true\nnetwork.via = false" },
    "network",
    "[network]",
    { mode: "full" },
    "4:9 [network] has a policy, too, at config.toml:2: write all of it in one of them",
  ],
  [
    { profile: "network.mitm.hooks.h.host = 'a'" },
    "profile",
    PROFILE,
    { mitm_hooks: [HOOK] },
  ],
  [{ profile: "network.mitm = false" }, "profile", PROFILE, { mitm: false }],
  [
    { profile: "network.mitm = {}\nnetwork.mitm_hooks = []" },
    "profile",
    PROFILE,
    { mitm: {}, mitm_hooks: [] },
    '4:9 both "mitm_hooks" and "mitm" with hooks: write all under "mitm"',
  ],
];

for (const [given, surface, header, table, ...faults] of CASES) {
  Deno.test(`basePolicy() of ${JSON.stringify(given)} is ${surface}`, () => {
    assertEquals(base(given), [surface, header, table, faults]);
  });
}

/** What a profile says, and where it said that one has to look; null where it did not. */
const DERIVED: readonly (readonly [string, string | null])[] = [
  ["", null],
  ["mode = 'full'", null],
  ["via = true\nmode = 'limited'", "2:1"],
  ["mitm_hooks = []", null],
  ["mitm_hooks = [{}]", "1:1"],
  ["rules = {}", null],
  ["via = true\n[rules]\n'a.test' = 'read'", "2:2"],
];

for (const [text, expected] of DERIVED) {
  Deno.test(`withDerivedMitm() of ${JSON.stringify(text)}: ${expected}`, () => {
    const mitm = withDerivedMitm(tableOf(text)).entries.get("mitm");
    assertEquals(
      mitm && [plain(mitm.value), where(mitm.key.origin)],
      expected === null ? undefined : [true, expected],
    );
  });
}

Deno.test("withDerivedMitm() leaves what is written", () => {
  const table = tableOf("mode = 'limited'\nmitm = false");
  assertEquals(plain(withDerivedMitm(table)), { mode: "limited", mitm: false });
});
