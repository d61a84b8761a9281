// What the programs of a release say, and what they end with.

/** The program could not do what it was asked. */
export const EXIT_FAILED = 1;
/** The command line makes no sense. */
export const EXIT_USAGE = 2;

/** Prints: on standard error when the code is one of failure. Returns the code. */
export function print(text: string, code: number): number {
  const stream = code === 0 ? Deno.stdout : Deno.stderr;
  stream.writeSync(new TextEncoder().encode(text));
  return code;
}
