import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  allowedDomains,
  placeOf,
  ROWS_MAX,
  runLine,
  summaryText,
} from "../../../src/cli/audit/summary_text.ts";
import type { Summary } from "../../../src/audit/summary/audit_summary.ts";
import { plainText } from "../../support/plain_text.ts";
import { lossAuditOf } from "../../support/audit_records.ts";
import { A_DAY, blockedAudit, summaryOf } from "../../support/audit_summary.ts";

function textOf(summary: Summary): readonly string[] {
  return summaryText(summary, "sh", null).map(plainText);
}

Deno.test("summaryText() tells what happened, and what would allow the rest", () => {
  assertEquals(textOf(summaryOf(...A_DAY)), [
    "6 records from 2026-01-02T03:04:05.678Z to 2026-01-02T03:04:06.178Z",
    "5 decisions: 2 allowed (1 by somebody who was asked), 3 blocked, 0 asked about",
    "517 B up and 4.1 kB down in 500 ms went through",
    "",
    "Hosts:",
    "                              allowed  override  blocked  asked  up     down    time",
    "  api.example.com:443         2        1         0        0      517 B  4.1 kB  500 ms",
    "  pypi.org:443                0        0         1        0      0 B    0 B     0 ms",
    "  files.pythonhosted.org:443  0        0         1        0      0 B    0 B     0 ms",
    "  10.0.0.1:80                 0        0         1        0      0 B    0 B     0 ms",
    "",
    "Blocked, or asked about:",
    "  not_allowed        2  not in the allowlist",
    "  not_allowed_local  1  a local, private or special address",
    "",
    "To allow what no rule names, under [network]:",
    "  allowed_domains = [",
    '    "files.pythonhosted.org",',
    '    "pypi.org",',
    "  ]",
    "or for one run:",
    "  doorward run --allow files.pythonhosted.org --allow pypi.org -- COMMAND",
    "",
    "Not to be allowed by a pattern:",
    "  10.0.0.1:80  a local, private or special address: doorward explain tells what would allow it",
  ]);
});

Deno.test("summaryText() says what is missing, and what is no record", () => {
  const summary = summaryOf(lossAuditOf({ "doorward.lost": 3 }));
  const lines = textOf({ ...summary, broken: 2, first_broken: "a.jsonl:7" });
  assertEquals(lines.slice(3), [
    "3 records were lost when written",
    "2 lines are no records, the first is a.jsonl:7",
  ]);
  assertEquals(textOf(summaryOf())[0], "There are no records");
});

Deno.test("summaryText() counts hosts together that nobody reads through", () => {
  const many = Array.from({ length: ROWS_MAX + 2 }, (_, at) => blockedAudit(`h${at}.test`));
  const lines = textOf(summaryOf(...many));
  const others = lines.find((line) => line.startsWith("  all others"))!;
  assertStringIncludes(others.replaceAll(/ +/g, " "), "all others 0 0 2 0");
});

Deno.test("placeOf() writes a host with its port", () => {
  assertEquals([placeOf("a.test", 1), placeOf("::1", 443), placeOf("unix-socket", 0)], [
    "a.test:1",
    "[::1]:443",
    "unix-socket",
  ]);
});

Deno.test("allowedDomains() and runLine() print what can be pasted", () => {
  assertEquals(allowedDomains(["a.test"]), ["allowed_domains = [", '  "a.test",', "]"]);
  assertEquals(runLine(["[2001:db8::1]"], "sh"), "doorward run --allow '[2001:db8::1]' -- COMMAND");
});
