import { assertEquals, assertRejects } from "@std/assert";
import { verifyLog } from "../../../src/audit/read/verify_log.ts";
import { auditRecords, writeAudit } from "../../support/audit_log.ts";
import { lossAuditOf } from "../../support/audit_records.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { makeScratch } from "../../support/scratch.ts";

const verify = (path: string, expect: string | null = null) =>
  verifyLog(path, expect, new FakeClock());

Deno.test("verifyLog() counts what is in a log", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log`;
  await writeAudit(path, auditRecords(5), { chain: false });
  await writeAudit(path, auditRecords(2, "i2"), { chain: false });
  await Deno.writeTextFile(path, `${JSON.stringify(lossAuditOf({ "doorward.lost": 4 }))}\n`, {
    append: true,
  });
  assertEquals(await verify(path), {
    kind: "ok",
    files: 1,
    records: 8,
    decisions: 4,
    closes: 3,
    lost: 4,
    instances: 2,
    first: "2026-01-02T03:04:05.678Z",
    last: "2026-01-02T03:04:07.000Z",
    linked: 0,
    chain: null,
    isEndKnown: false,
  });
});

Deno.test("verifyLog() follows a chain through all files, and through restarts", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log`;
  const records = auditRecords(40);
  for (const at of [0, 10, 20, 30]) {
    await writeAudit(path, records.slice(at, at + 10), { chain: true, bytesMax: 4000 });
    const { kind } = await verify(path);
    assertEquals(kind, "ok");
  }
  const result = await verify(path);
  assertEquals(result.kind === "ok" && [result.files > 3, result.isEndKnown], [true, true]);
  // Some gave way to newer ones, of which the chain still knows the first.
  assertEquals(result.kind === "ok" && result.linked === result.records, true);
});

Deno.test("verifyLog() takes back the value that it gave, later, too", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log`;
  const records = auditRecords(6);
  await writeAudit(path, records.slice(0, 3), { chain: true });
  const early = await verify(path);
  const value = early.kind === "ok" ? early.chain : null;
  await writeAudit(path, records.slice(3), { chain: true });
  assertEquals((await verify(path, value)).kind, "ok");
  assertEquals(await verify(path, "0".repeat(63) + "1"), {
    kind: "bad",
    file: path,
    line: 7,
    why: `it is missing: no line ends with ${"0".repeat(63)}1`,
  });
});

Deno.test("verifyLog() holds the first line of a chain to its begin, whatever is in older files", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log`;
  const records = auditRecords(4);
  const older = records.slice(0, 2).map((record) => `${JSON.stringify(record)}\n`);
  await scratch.write("log.1", older.join(""));
  await writeAudit(path, records.slice(2), { chain: true });
  assertEquals((await verify(path)).kind, "ok");
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replace("example", "exbmple"));
  const result = await verify(path);
  assertEquals(result.kind === "bad" && [result.file, result.line], [path, 1]);
});

Deno.test("verifyLog() names a file that is missing", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log`;
  await writeAudit(path, auditRecords(20), { chain: true, bytesMax: 4000 });
  await Deno.remove(`${path}.1`);
  assertEquals(await verify(path), {
    kind: "bad",
    file: `${path}.1`,
    line: 1,
    why: "it is missing: the whole file is",
  });
});

Deno.test("verifyLog() refuses a sidecar that it cannot read", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log`;
  await writeAudit(path, auditRecords(2), { chain: true });
  await Deno.writeTextFile(`${path}.lock`, "other\n");
  assertEquals(await verify(path), {
    kind: "bad",
    file: `${path}.lock`,
    line: 1,
    why: "it is not what Doorward writes",
  });
});

Deno.test("verifyLog() refuses what says the same in other words", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log`;
  await writeAudit(path, auditRecords(2), { chain: false });
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replace('":443,', '": 443,'));
  assertEquals(await verify(path), {
    kind: "bad",
    file: path,
    line: 1,
    why: "it is not as Doorward writes it",
  });
});

Deno.test("verifyLog() rejects where there is no log", async () => {
  await using scratch = await makeScratch();
  await assertRejects(() => verify(`${scratch.folder}/log`), Deno.errors.NotFound);
});
