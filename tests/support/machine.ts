// What some systems do not have, as a part of the names of the tests that are left out there.

/** Windows has no POSIX shell, and no signals that a program could be sent. */
export const NO_POSIX: LeftOut = leftOut(Deno.build.os === "windows", "Windows is not POSIX");

/** `script`, which gives a program a terminal of its own, takes these options on Linux only. */
export const NO_SCRIPT: LeftOut = leftOut(Deno.build.os !== "linux", "only Linux has this script");

/** Whether a test is left out, and how its name says so. */
export interface LeftOut {
  readonly ignore: boolean;
  /** To be put at the end of the name; empty when it is not left out. */
  readonly why: string;
}

function leftOut(ignore: boolean, why: string): LeftOut {
  return { ignore, why: ignore ? ` (left out: ${why})` : "" };
}
