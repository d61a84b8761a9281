// A process of its own that writes audit records: how many, of which instance, where, and how. Says when it is done.
import { systemClock } from "../../src/net/system_clock.ts";
import { auditFile } from "../../src/audit/file/audit_file.ts";
import { auditRecords } from "./audit_log.ts";

const [path = "", instance = "", count = "", chain = "", bytesMax = ""] = Deno.args;
const diagnose = (line: string) => {
  throw new Error(line);
};
const options = { clock: systemClock, diagnose, chain: chain === "chain", filesKept: 100 };
const sink = auditFile(path, { ...options, bytesMax: Number(bytesMax) });
for (const record of auditRecords(Number(count), instance)) {
  sink.write(record);
  // One after another, so that those of others come between.
  await Promise.resolve();
  if (record["doorward.seq"] % 5 === 0) await systemClock.wait(0, new AbortController().signal);
}
await sink.close();
Deno.stdout.writeSync(new TextEncoder().encode(`${sink.lost} lost\n`));
