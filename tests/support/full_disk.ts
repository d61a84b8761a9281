// A process of its own on a disk of 16 MB, mounted at the folder that it is told: what becomes of audit records while
// that is full, and after. Prints it as JSON.
import { systemClock } from "../../src/net/system_clock.ts";
import { auditFile } from "../../src/audit/file/audit_file.ts";
import { verifyLog } from "../../src/audit/read/verify_log.ts";
import { auditRecords } from "./audit_log.ts";
import { fillDisk } from "./fill_disk.ts";
import { until } from "./in_time.ts";

const [folder = ""] = Deno.args;
const path = `${folder}/audit.jsonl`;
const told: string[] = [];
const options = { clock: systemClock, chain: true };
const sink = auditFile(path, { ...options, diagnose: (line) => void told.push(line) });
const records = auditRecords(24_000);

records.slice(0, 5).forEach((record) => sink.write(record));
await until(() => size(path) > 0, "there are some");
const free = fillDisk(`${folder}/filler`);
records.slice(5, 23_990).forEach((record) => sink.write(record));
await until(() => told.some((line) => line.includes("No space left")), "the disk is full");
const lostWhileFull = sink.lost;
await free();
await until(() => told.some((line) => line.includes("again")), "it works again");
records.slice(23_990).forEach((record) => sink.write(record));
await sink.close();
const verified = await verifyLog(path, null, systemClock);
const written = JSON.stringify({ verified, told, lostWhileFull, lost: sink.lost });
Deno.stdout.writeSync(new TextEncoder().encode(written));

function size(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}
