import { type Unverified, type Verified, verifyLog } from "../../audit/read/verify_log.ts";
import type { AuditVerifyCommand } from "../argv/command.ts";
import { EXIT } from "../exit_code.ts";
import { paint } from "../printed/terminal.ts";
import { quoteWords } from "../shell/command_line.ts";
import { likelyShell } from "../../library/env/shell_quote.ts";
import type { Surroundings } from "../surroundings.ts";
import { counted } from "../printed/counted.ts";
import { unreadable } from "./unreadable.ts";

/** `doorward audit verify`: has anybody touched this file? */
export async function verify(command: AuditVerifyCommand, here: Surroundings): Promise<number> {
  const { file, expect, json } = command;
  const { out } = here.terminal;
  let result: Verified | Unverified;
  try {
    result = await verifyLog(file, expect, here.clock);
  } catch (error) {
    return unreadable(file, error, here);
  }
  if (json) out.line(JSON.stringify(jsonOf(result)));
  else if (result.kind === "ok") passed(command, result, here);
  else out.line(`${result.file}:${result.line}: ${result.why}`);
  return result.kind === "ok" ? EXIT.done : EXIT.no;
}

function passed({ file, quiet }: AuditVerifyCommand, result: Verified, here: Surroundings): void {
  const { out, err } = here.terminal;
  const { records, files, decisions, closes, lost, instances, first, last, chain, linked } = result;
  out.line(`${file}: `, paint("good", "OK"));
  out.line(
    `  ${counted(records, "record")} in ${counted(files, "file")}: ${
      counted(decisions, "decision")
    }, ${counted(closes, "end")}, of ${counted(instances, "proxy", "proxies")}`,
  );
  if (lost > 0) out.line(`  ${counted(lost, "record was", "records were")} lost when written`);
  if (first !== null) out.line(`  from ${first} to ${last}`);
  if (chain === null) return;
  out.line(`  ${linked === records ? "all" : linked} in the chain, which ends with`);
  out.line(`  ${chain}`);
  if (quiet) return;
  const words = ["doorward", "audit", "verify", file, "--expect", chain];
  err.line(`Keep that elsewhere: ${quoteWords(words, likelyShell(here.env, here.os))}`);
  err.line("  tells later whether what is there now is still there, whoever wrote since.");
  if (!result.isEndKnown) {
    err.line(
      `There is no ${file}.lock: a chain that was cut at its end would look like this, too.`,
    );
  }
}

function jsonOf(result: Verified | Unverified) {
  if (result.kind === "bad") {
    const { file, line, why } = result;
    return { ok: false, file, line, why };
  }
  const { kind: _, isEndKnown, ...counts } = result;
  return { ok: true, ...counts, end_known: isEndKnown };
}
