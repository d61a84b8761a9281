import { assert, assertEquals } from "@std/assert";
import { auditFile } from "../../../src/audit/file/audit_file.ts";
import { CHAIN_START, chainValue, unlink } from "../../../src/audit/file/chain.ts";
import { HELD_BYTES_MAX } from "../../../src/audit/file/line_queue.ts";
import { RETRY_MS } from "../../../src/audit/file/rotating_file.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { until } from "../../support/in_time.ts";
import { makeScratch } from "../../support/scratch.ts";
import { writeAudit } from "../../support/audit_log.ts";
import { closeAudit, decisionAudit } from "../../support/audit_records.ts";

function options(chain: boolean) {
  const told: string[] = [];
  const diagnose = (line: string) => void told.push(line);
  return { clock: new FakeClock(), diagnose, chain, told };
}

async function linesOf(path: string): Promise<string[]> {
  return (await Deno.readTextFile(path)).split("\n").slice(0, -1);
}

Deno.test("auditFile() writes each record as a line that steers no terminal", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/audit.jsonl`;
  const sink = auditFile(path, options(false));
  const record = decisionAudit({ "http.request.method": "\x1b\u202e" });
  sink.write(record);
  sink.write(closeAudit());
  await sink.close();
  const lines = await linesOf(path);
  assertEquals(lines.map((line) => JSON.parse(line)), [record, closeAudit()]);
  assert(lines[0]!.includes("\\u001b\\u202e"));
  assertEquals([sink.name, sink.lost], [path, 0]);
});

Deno.test("auditFile() makes a chain, which goes on after a restart and in the next file", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/audit.jsonl`;
  for (const seq of [1, 2, 3, 4, 5]) {
    const sink = auditFile(path, { ...options(true), bytesMax: 1600 });
    sink.write(decisionAudit({ "doorward.seq": seq }));
    await sink.close();
  }
  const paths = [`${path}.2`, `${path}.1`, path];
  const lines = paths.map(linesOf);
  let last = CHAIN_START;
  for (const text of (await Promise.all(lines)).flat()) {
    const { line, value } = unlink(text)!;
    assertEquals(value, chainValue(last, line));
    last = value;
  }
});

Deno.test("auditFile() puts a file aside before its links would make it too large", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/audit.jsonl`;
  // Two would fit without their values.
  const bytesMax = 2 * (JSON.stringify(decisionAudit()).length + 1);
  const sink = auditFile(path, { ...options(true), bytesMax });
  for (const seq of [1, 2]) sink.write(decisionAudit({ "doorward.seq": seq }));
  await sink.close();
  assertEquals((await linesOf(path)).length, 1);
  assertEquals((await linesOf(`${path}.1`)).length, 1);
});

Deno.test("auditFile() says that lines without a chain do not belong behind a chain", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/audit.jsonl`;
  await writeAudit(path, [decisionAudit()], { chain: true });
  const { told, ...rest } = options(false);
  const sink = auditFile(path, rest);
  sink.write(decisionAudit({ "doorward.seq": 2 }));
  sink.write(decisionAudit({ "doorward.seq": 3 }));
  await sink.close();
  assertEquals(told, [
    `${path}: its lines are in a chain, and these are not: write chain = true, or name a new file`,
  ]);
  assertEquals((await linesOf(path)).length, 3);
});

Deno.test("auditFile() writes in the place of records what is missing, by instance", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/sub/audit.jsonl`;
  const { clock, ...rest } = options(true);
  const sink = auditFile(path, { clock, ...rest });
  const long = "x".repeat(HELD_BYTES_MAX / 4);
  for (const _ of [1, 2, 3, 4]) sink.write(decisionAudit({ "doorward.rule": long }));
  await until(() => clock.sleeping === 1, "it waits");
  for (const [instance, seq] of [["i1", 2], ["i2", 1], ["i1", 3]] as const) {
    sink.write(decisionAudit({ "doorward.instance": instance, "doorward.seq": seq }));
  }
  assertEquals(sink.lost, 3);
  await Deno.mkdir(`${scratch.folder}/sub`);
  clock.advance(RETRY_MS);
  await until(() => rest.told.length > 1, "it works");
  assertEquals(rest.told[1], `Can write ${path} again: 3 lines were lost`);
  sink.write(decisionAudit({ "doorward.seq": 4 }));
  await sink.close();
  const records = (await linesOf(path)).map((line) => JSON.parse(line));
  assertEquals(
    records.slice(4).map((record) => [
      record["event.name"],
      record["doorward.instance"],
      record["doorward.lost"] ?? record["doorward.seq"],
    ]),
    [
      ["doorward.records_lost", "i1", 2],
      ["doorward.records_lost", "i2", 1],
      ["codex.network_proxy.policy_decision", "i1", 4],
    ],
  );
});
