import type { Origin } from "../../policy/rule.ts";

/** How much a finding matters: only a fault makes `doorward doctor` say no. */
export type Level = "ok" | "note" | "warning" | "fault";

/** What one look at this machine came to. */
export interface Finding {
  readonly level: Level;
  /** What was looked at, in a word or two that programs may go by. */
  readonly subject: string;
  /** What was found, as one sentence without a period. */
  readonly found: string;
  /** What helps, a command or a key each; empty where nothing is wrong. */
  readonly mend: readonly string[];
  /** Where that is written; null where it is not about what a file says. */
  readonly origin: Origin | null;
}

/** All is well. */
export function ok(subject: string, found: string): Finding {
  return { level: "ok", subject, found, mend: [], origin: null };
}

/** Good to know, and nothing to be done. */
export function note(subject: string, found: string): Finding {
  return { level: "note", subject, found, mend: [], origin: null };
}

/** Something may not work as it is meant. */
export function warning(subject: string, found: string, ...mend: readonly string[]): Finding {
  return { level: "warning", subject, found, mend, origin: null };
}

/** Doorward cannot work as it is configured, or is open to others. */
export function fault(subject: string, found: string, ...mend: readonly string[]): Finding {
  return { level: "fault", subject, found, mend, origin: null };
}
