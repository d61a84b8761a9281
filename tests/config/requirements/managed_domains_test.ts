import { assertEquals } from "@std/assert";
import { readManagedDomains } from "../../../src/config/requirements/managed_domains.ts";
import { Findings } from "../../../src/config/toml/findings.ts";
import { print, tableOf } from "../load.ts";
import { texts } from "./required.ts";

Deno.test("readManagedDomains() reads what a rule of a configuration may say", async () => {
  const findings = new Findings();
  const table = tableOf(
    'domains = { "a.test:443 over https_connect" = "allow", "10.0.0.0/8" = "deny" }',
  );
  const { allow, deny } = await readManagedDomains(table, findings);
  assertEquals([texts(allow), texts(deny)], [
    ["a.test:443 over https_connect"],
    ["10.0.0.0/8"],
  ]);
  assertEquals([allow[0]!.rule.list, deny[0]!.rule.list], ["allow", "deny"]);
  assertEquals(findings.faults(), []);
});

Deno.test("readManagedDomains() tells everything that is wrong at once", async () => {
  const findings = new Findings();
  const table = tableOf('allowed_domains = [1, "a b"]\ndenied_domains = "a.test"\n');
  await readManagedDomains(table, findings);
  assertEquals(print(findings.faults()), [
    '1:20 "allowed_domains[0]" is 1: expected text in quotes',
    '1:23 bad host pattern "a b": it has a space; write one pattern for each host',
    '2:18 "denied_domains" is "a.test": expected a list, as in ["…"]',
  ]);
});
