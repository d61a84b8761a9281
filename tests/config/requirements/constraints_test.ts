import { assertEquals } from "@std/assert";
import { constraintsOf, isDenylistOnly } from "../../../src/config/requirements/constraints.ts";
import type { Access } from "../../../src/config/requirements/governed_settings.ts";
import { required, texts } from "./required.ts";

const HOSTS = 'domains = { "a.test" = "allow", "b.test" = "deny" }';

/** Lines, what holds a command, and the constraint on hosts: which, and whether users may add to them. */
const ALLOWED: readonly (readonly [string, Access, readonly string[] | null, boolean | null])[] = [
  ["", "restricted", null, null],
  ['domains = { "b.test" = "deny" }', "restricted", null, null],
  [HOSTS, "restricted", ["a.test"], true],
  [HOSTS, "full", ["a.test"], false],
  [`${HOSTS}\nmanaged_allowed_domains_only = true`, "restricted", ["a.test"], false],
  [`${HOSTS}\nmanaged_allowed_domains_only = false`, "restricted", ["a.test"], true],
  ["managed_allowed_domains_only = true", "restricted", [], false],
  ["managed_allowed_domains_only = true", "full", [], false],
  [`${HOSTS}\ndanger_full_access_denylist_only = true`, "full", null, null],
  [`${HOSTS}\ndanger_full_access_denylist_only = true`, "restricted", ["a.test"], true],
  [`${HOSTS}\ndanger_full_access_denylist_only = false`, "full", ["a.test"], false],
];

for (const [lines, access, hosts, expansion] of ALLOWED) {
  Deno.test(`constraintsOf() finds the hosts of ${JSON.stringify(lines)}, ${access}`, async () => {
    const { allowed } = constraintsOf(await required(lines), access);
    assertEquals(allowed === null ? null : texts(allowed.rules), hosts);
    assertEquals(allowed?.expansion ?? null, expansion);
  });
}

Deno.test("constraintsOf() finds denials only where some are required, and users may add", async () => {
  for (const access of ["restricted", "full"] as const) {
    const { denied } = constraintsOf(await required(HOSTS), access);
    assertEquals([texts(denied!.rules), denied!.expansion], [["b.test"], true]);
    assertEquals(
      constraintsOf(await required('domains = { "a.test" = "allow" }'), access).denied,
      null,
    );
  }
});

Deno.test("isDenylistOnly() is so where it is said, and nothing holds a command", async () => {
  const said = await required("danger_full_access_denylist_only = true");
  assertEquals([isDenylistOnly(said, "full"), isDenylistOnly(said, "restricted")], [true, false]);
  assertEquals(isDenylistOnly(await required(""), "full"), false);
});
