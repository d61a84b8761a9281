import type { Check } from "./check.ts";
import { fault, type Finding, warning } from "./finding.ts";
import type { Situation } from "./situation.ts";
import { unlessLate } from "./unless_late.ts";

/** What one check found. */
export interface Examined {
  readonly name: string;
  readonly findings: readonly Finding[];
  /** Whether the check itself broke: a bug, or a machine that nobody thought of. */
  readonly isBroken: boolean;
}

/** A machine that answers does so in milliseconds; a look-up that is not answered by then will not be missed. */
export const CHECK_MS = 3000;

/** Carries out all checks at once, each with its own time. Resolves to what each found, in their order. */
export async function examine(
  checks: readonly Check[],
  situation: Situation,
): Promise<readonly Examined[]> {
  return await Promise.all(checks.map((check) => carryOut(check, situation)));
}

async function carryOut({ name, run }: Check, situation: Situation): Promise<Examined> {
  try {
    const found = await unlessLate(
      situation.deadlines,
      CHECK_MS,
      (signal) => run(situation, signal),
    );
    const findings = found ??
      [warning(name, `this took longer than ${CHECK_MS / 1000} seconds, and was given up`)];
    return { name, findings, isBroken: false };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { name, findings: [fault(name, `this check broke: ${why}`)], isBroken: true };
  }
}
