import { assertEquals } from "@std/assert";
import { auditLines } from "../../src/audit/audit_lines.ts";
import { closeAudit, decisionAudit } from "../support/audit_records.ts";

Deno.test("auditLines() writes each record as a line of JSON that steers no terminal", async () => {
  const lines: string[] = [];
  const sink = auditLines("standard error", (line) => lines.push(line) > 0);
  const record = decisionAudit({ "http.request.method": "\x1b[2J\u202e" });
  sink.write(record);
  sink.write(closeAudit());
  await sink.close();
  assertEquals(sink.name, "standard error");
  assertEquals(sink.lost, 0);
  assertEquals(lines.map((line) => JSON.parse(line)), [record, closeAudit()]);
  assertEquals(lines[0]!.includes("\\u001b[2J\\u202e"), true);
});

Deno.test("auditLines() counts what is not taken, and says so in its place", () => {
  const lines: string[] = [];
  let isFull = true;
  const sink = auditLines("x", (line) => {
    if (!isFull) return lines.push(line) > 0;
    if (line.includes('"doorward.seq":1,')) throw new Error("full");
    return false;
  });
  sink.write(decisionAudit());
  sink.write(decisionAudit({ "doorward.seq": 2 }));
  assertEquals(sink.lost, 2);
  isFull = false;
  sink.write(decisionAudit({ "doorward.seq": 3 }));
  assertEquals(sink.lost, 2);
  const [loss, kept] = lines.map((line) => JSON.parse(line));
  assertEquals(loss["doorward.lost"], 2);
  assertEquals(kept["doorward.seq"], 3);
});
