import { assertEquals } from "@std/assert";
import { checkOtherKeys } from "../../../src/config/requirements/other_keys.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { print, tableOf } from "../load.ts";

function check(text: string) {
  const findings = new Findings();
  checkOtherKeys(tableOf(text), findings);
  return { faults: print(findings.faults()), notices: print(findings.notices()) };
}

Deno.test("checkOtherKeys() has nothing to say of our own tables", () => {
  assertEquals(check("[experimental_network]\n[features]"), { faults: [], notices: [] });
});

Deno.test("checkOtherKeys() passes over known keys, and over no slip beside them", () => {
  assertEquals(check("allowed_approval_policies = []\npermissions = {}\nfeaturs = {}"), {
    faults: ['3:1 unknown key "featurs": did you mean "features"?'],
    notices: [
      "1:1 this file is another program's too: " +
      'ignored "allowed_approval_policies", "permissions"',
    ],
  });
});

Deno.test("checkOtherKeys() sends a configuration to where it belongs", () => {
  assertEquals(check("[network]\n[network_proxy.policy]").faults.length, 2);
});
