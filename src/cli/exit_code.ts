/**
 * Every number that Doorward exits with, besides the child's own in `run` (128 + s when signal s ended it).
 * 125 to 127 are as `env`, `timeout` and `docker run` have them: our failure is told from the child's.
 */
export const EXIT = {
  done: 0,
  /** `check`, `explain`: the answer is no. */
  no: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** We failed before the child started: configuration, listening, a file. */
  failed: 125,
  /** The command was found and cannot be executed. */
  cannotExecute: 126,
  /** There is no such command. */
  notFound: 127,
} as const;
