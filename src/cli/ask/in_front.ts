import type { StartHelper } from "./helper_program.ts";

/** More of an answer is none that `ps` gives. */
const ANSWER_CHARACTERS_MAX = 64;

/**
 * Whether a process is in front of its terminal, and may read it: `ps` marks those with a plus sign. False
 * where that cannot be told.
 */
export async function inFront(pid: number, start: StartHelper): Promise<boolean> {
  try {
    await using ps = start(["ps", "-o", "stat=", "-p", String(pid)]);
    let said = "";
    for (let text = await ps.read(); text !== null; text = await ps.read()) {
      said += text;
      if (said.length > ANSWER_CHARACTERS_MAX) return false;
    }
    return said.includes("+");
  } catch {
    return false; // There is no such program, or it is not for us.
  }
}
