import { assertEquals, assertStringIncludes } from "@std/assert";
import { cli } from "../../../src/cli/cli.ts";
import { auditRecords, writeAudit } from "../../support/audit_log.ts";
import { lossAuditOf } from "../../support/audit_records.ts";
import { makeScratch } from "../../support/scratch.ts";
import { fakeSurroundings } from "../fake_surroundings.ts";

async function run(...words: readonly string[]) {
  const here = fakeSurroundings();
  const code = await cli(["audit", "verify", ...words], here);
  return { code, ...here.printed() };
}

Deno.test("audit verify says how many records there are, and what the chain ends with", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/audit.jsonl`;
  await writeAudit(path, auditRecords(5), { chain: true });
  const { code, out, err } = await run(path);
  const chain = (await Deno.readTextFile(path)).trim().slice(-66, -2);
  assertEquals(code, 0);
  assertEquals(out.split("\n"), [
    `${path}: OK`,
    "  5 records in 1 file: 3 decisions, 2 ends, of 1 proxy",
    "  from 2026-01-02T03:04:05.678Z to 2026-01-02T03:04:05.678Z",
    "  all in the chain, which ends with",
    `  ${chain}`,
    "",
  ]);
  assertStringIncludes(
    err,
    `Keep that elsewhere: doorward audit verify ${path} --expect ${chain}`,
  );
  assertEquals((await run(path, "--quiet")).err, "");
  assertEquals((await run(path, "--expect", chain)).code, 0);
  assertEquals((await run(path, "--expect", "0".repeat(63) + "1")).code, 1);
});

Deno.test("audit verify says how many records were lost when written", async () => {
  await using scratch = await makeScratch();
  const line = (lost: number) => `${JSON.stringify(lossAuditOf({ "doorward.lost": lost }))}\n`;
  const one = await scratch.write("one.jsonl", line(1));
  assertStringIncludes((await run(one)).out, "\n  1 record was lost when written\n");
  const four = await scratch.write("four.jsonl", line(4));
  assertStringIncludes((await run(four)).out, "\n  4 records were lost when written\n");
});

Deno.test("audit verify says that the end of a chain is not known", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/audit.jsonl`;
  await writeAudit(path, auditRecords(1), { chain: true });
  await Deno.remove(`${path}.lock`);
  assertStringIncludes((await run(path)).err, `There is no ${path}.lock`);
});

Deno.test("audit verify names the first bad line", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/audit.jsonl`;
  await writeAudit(path, auditRecords(3), { chain: false });
  const lines = (await Deno.readTextFile(path)).split("\n");
  await Deno.writeTextFile(path, [lines[0], lines[2], ""].join("\n"));
  const why = "its number jumps from 1 to 3: 1 record is missing";
  assertEquals(await run(path), { code: 1, out: `${path}:2: ${why}\n`, err: "" });
  const { code, out } = await run(path, "--json");
  assertEquals([code, JSON.parse(out)], [1, { ok: false, file: path, line: 2, why }]);
});

Deno.test("audit verify --json prints what it counted", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/audit.jsonl`;
  await writeAudit(path, auditRecords(2), { chain: false });
  const { code, out, err } = await run(path, "--json");
  assertEquals([code, err], [0, ""]);
  assertEquals(JSON.parse(out), {
    ok: true,
    files: 1,
    records: 2,
    decisions: 1,
    closes: 1,
    lost: 0,
    instances: 1,
    first: "2026-01-02T03:04:05.678Z",
    last: "2026-01-02T03:04:06.178Z",
    linked: 0,
    chain: null,
    end_known: false,
  });
});

Deno.test("audit verify exits with 125 where there is nothing to read", async () => {
  assertEquals(await run("/nonexistent/a"), {
    code: 125,
    out: "",
    err: "doorward: Cannot read /nonexistent/a: it does not exist; check the path\n",
  });
});
