// The systems that a release has an executable for, and what each executable is called.

/** The targets of `deno compile` that are released, in the order in which they are compiled. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
] as const;

/** One of {@linkcode TARGETS}. */
export type Target = typeof TARGETS[number];

/** Whether a word names a target. */
export function isTarget(word: string): word is Target {
  return (TARGETS as readonly string[]).includes(word);
}

/** What the executable for a target is called: the same for every build of a version. */
export function executableName(version: string, target: Target): string {
  return `doorward-${version}-${target}${target.includes("windows") ? ".exe" : ""}`;
}
