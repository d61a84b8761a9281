import { assertEquals, assertStringIncludes } from "@std/assert";
import type { AuditRecord } from "../../../src/audit/audit_record.ts";
import { cli } from "../../../src/cli/cli.ts";
import { decisionAudit } from "../../support/audit_records.ts";
import { A_DAY } from "../../support/audit_summary.ts";
import { makeScratch } from "../../support/scratch.ts";
import { fakeSurroundings } from "../fake_surroundings.ts";

function textOf(records: readonly AuditRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

async function run(words: readonly string[], input = "") {
  let bytes = new TextEncoder().encode(input);
  const read = (into: Uint8Array) => {
    const { written } = { written: Math.min(into.length, bytes.length) };
    into.set(bytes.subarray(0, written));
    bytes = bytes.subarray(written);
    return Promise.resolve(written === 0 ? null : written);
  };
  const here = fakeSurroundings({ stdin: { read } });
  const code = await cli(["audit", "summary", ...words], here);
  return { code, ...here.printed() };
}

Deno.test("audit summary adds files up, and tells of lines that are no records", async () => {
  await using scratch = await makeScratch();
  const one = await scratch.write("a.jsonl.1", `${textOf(A_DAY)}broken\n`);
  const two = await scratch.write("a.jsonl", `${textOf([decisionAudit()])}{"cut`);
  const { code, out, err } = await run([one, two]);
  assertEquals([code, err], [0, ""]);
  assertStringIncludes(out, "7 records from ");
  assertStringIncludes(out, `2 lines are no records, the first is ${one}:7\n`);
});

Deno.test("audit summary leaves out what stands beside a log, and nothing else", async () => {
  await using scratch = await makeScratch();
  const log = await scratch.write("a.jsonl", textOf(A_DAY));
  const lock = await scratch.write("a.jsonl.lock", '{"lines":1}\n');
  const broken = async (...files: readonly string[]) =>
    JSON.parse((await run([...files, "--json"])).out).broken;
  assertEquals([await broken(log, lock), await broken(lock)], [0, 1]);
});

Deno.test("audit summary reads standard input", async () => {
  const { code, out } = await run(["-"], textOf(A_DAY));
  assertEquals([code, out.split("\n")[0]?.startsWith("6 records")], [0, true]);
});

Deno.test("audit summary prints Markdown, and JSON with what to allow", async () => {
  assertEquals(
    (await run(["-", "--format", "markdown"], textOf(A_DAY))).out.startsWith("## "),
    true,
  );
  const summary = JSON.parse((await run(["-", "--json"], textOf(A_DAY))).out);
  assertEquals(summary.total.blocked, 3);
  assertEquals(summary.to_allow, ["files.pythonhosted.org", "pypi.org"]);
});

Deno.test("audit summary leaves out what was before", async () => {
  // The clock of the test begins with 2026.
  const old = decisionAudit({ "event.timestamp": "2025-12-31T21:59:59.999Z" });
  const recent = decisionAudit({ "event.timestamp": "2025-12-31T22:00:00.000Z" });
  const counted = async (...words: readonly string[]) => {
    const { out } = await run(["-", "--json", ...words], textOf([old, recent]));
    return JSON.parse(out).records;
  };
  assertEquals(await counted(), 2);
  assertEquals(await counted("--since", "2h"), 1);
  assertEquals(await counted("--since", "2025-12-31T22:00Z"), 1);
  assertEquals(await counted("--label", "a"), 0);
});

Deno.test("audit summary exits with 125 where a file cannot be read", async () => {
  const { code, err } = await run(["/nonexistent/a"]);
  assertEquals(code, 125);
  assertStringIncludes(err, "Cannot read /nonexistent/a: it does not exist");
});
