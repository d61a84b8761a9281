import { assertEquals } from "@std/assert";
import type { Examined } from "../../../src/cli/doctor/examine.ts";
import { fault, note, ok, warning } from "../../../src/cli/doctor/finding.ts";
import { reportJson, reportLines } from "../../../src/cli/doctor/report.ts";
import { tableBelow } from "../../support/markdown.ts";
import { VERSION } from "../../../src/library/version.ts";

const EXAMINED: readonly Examined[] = [
  { name: "ports", isBroken: false, findings: [ok("http", "it is free"), note("socks5", "off")] },
  {
    name: "files",
    isBroken: false,
    findings: [
      { ...fault("written", "no such key", "mend it"), origin: { file: "f", line: 2, column: 3 } },
      warning("key", "others may read it", "chmod 600 key", "or rm key"),
    ],
  },
];

/** What a terminal without colour shows. */
function printed(examined: readonly Examined[], problemsOnly: boolean): string[] {
  return reportLines(examined, problemsOnly).map((line) =>
    line.map((part) => typeof part === "string" ? part : part.text).join("")
  );
}

Deno.test("reportLines() tells each finding in a line, and mends what is wrong", () => {
  assertEquals(printed(EXAMINED, false), [
    "ports",
    "  ok       http: it is free",
    "  note     socks5: off",
    "files",
    "  FAULT    written: f:2:3: no such key",
    "             mend: mend it",
    "  warning  key: others may read it",
    "             mend: chmod 600 key",
    "             mend: or rm key",
    "4 checks: 1 fault, 1 warning",
  ]);
});

Deno.test("reportLines() can leave out what is well, and everything where all is", () => {
  assertEquals(printed(EXAMINED, true), [
    "files",
    "  FAULT    written: f:2:3: no such key",
    "             mend: mend it",
    "  warning  key: others may read it",
    "             mend: chmod 600 key",
    "             mend: or rm key",
  ]);
  assertEquals(printed(EXAMINED.slice(0, 1), true), []);
});

Deno.test("reportJson() tells everything to programs", () => {
  const { findings, ...rest } = reportJson(EXAMINED);
  assertEquals(rest, {
    ok: false,
    version: VERSION,
    counts: { ok: 1, note: 1, warning: 1, fault: 1 },
  });
  assertEquals(findings[2], {
    check: "files",
    subject: "written",
    level: "fault",
    found: "no such key",
    mend: ["mend it"],
    file: "f",
    line: 2,
    column: 3,
  });
  assertEquals([findings.length, findings[0]?.file], [4, null]);
  assertEquals(reportJson(EXAMINED.slice(0, 1)).ok, true);
});

Deno.test("docs/doctor.md has every key of the JSON, and no other", async () => {
  const page = await Deno.readTextFile(`${import.meta.dirname}/../../../docs/doctor.md`);
  const documented = (heading: string) =>
    tableBelow(heading, page).flatMap(([keys = ""]) => keys.replaceAll("`", "").split(", "));
  const report = reportJson(EXAMINED);
  assertEquals(documented("For programs"), Object.keys(report));
  assertEquals(documented("A finding"), Object.keys(report.findings[0] ?? {}));
});
