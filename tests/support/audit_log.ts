import type { HappenedAudit } from "../../src/audit/audit_record.ts";
import { auditFile } from "../../src/audit/file/audit_file.ts";
import { FakeClock } from "./fake_clock.ts";
import { closeAudit, decisionAudit } from "./audit_records.ts";

/** Decisions and ends of one instance, as many as that. */
export function auditRecords(count: number, instance = "i1"): readonly HappenedAudit[] {
  return Array.from({ length: count }, (_, at) => {
    const place = { "doorward.instance": instance, "doorward.seq": at + 1 };
    return at % 2 === 0 ? decisionAudit(place) : closeAudit(place);
  });
}

/** Writes records as a proxy does, one after another. What is said of the file, but for `known`, fails the test. */
export async function writeAudit(
  path: string,
  records: readonly HappenedAudit[],
  how: { readonly chain: boolean; readonly bytesMax?: number; readonly filesKept?: number },
  known = "",
): Promise<void> {
  const told: string[] = [];
  const diagnose = (line: string) => void told.push(line);
  const sink = auditFile(path, { clock: new FakeClock(), diagnose, ...how });
  records.forEach((record) => sink.write(record));
  await sink.close();
  const unknown = told.filter((line) => known === "" || !line.includes(known));
  if (unknown.length > 0) throw new Error(unknown.join("\n"));
}
