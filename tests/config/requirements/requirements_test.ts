import { assertEquals } from "@std/assert";
import { constraintsOf } from "../../../src/config/requirements/constraints.ts";
import { NO_REQUIREMENTS } from "../../../src/config/requirements/requirements.ts";
import { violations } from "../../../src/config/requirements/violations.ts";
import { settings } from "./required.ts";

Deno.test("NO_REQUIREMENTS leaves everything to the user", () => {
  const loose = settings({
    network: {
      enabled: true,
      dangerously_allow_non_loopback_proxy: true,
      dangerously_allow_non_loopback_admin: true,
      dangerously_allow_all_unix_sockets: true,
      dangerously_allow_all_domains: true,
    },
    allow: ["example.com"],
    sockets: ["/run/a.sock"],
  });
  for (const access of ["restricted", "full"] as const) {
    assertEquals(violations(constraintsOf(NO_REQUIREMENTS, access), loose), []);
  }
});
