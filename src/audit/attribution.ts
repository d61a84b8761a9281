/**
 * What a program says of the requests that come in by a listener of its proxy. Labels for records and for whoever
 * decides: they grant nothing by themselves.
 */
export interface Attribution {
  /** A name for the run, as the program chooses. */
  readonly label: string | null;
  /** The command line whose requests they are. */
  readonly command: string | null;
  /** What the program's own policy for commands said of it. */
  readonly execPolicyHint: string | null;
}

/** Where nothing is said. */
export const UNATTRIBUTED: Attribution = { label: null, command: null, execPolicyHint: null };

/** Longer ones are cut: a record is a line. */
const COMMAND_CHARACTERS_MAX = 200;

/** A URL in a command line: all that follows its origin, and user info in front of it, stays out of records. */
const URL_IN_TEXT =
  /([a-z][a-z0-9+.-]*:\/\/)(?:[^\s\/?#"'\\]*@)?([^\s\/?#"'\\]*)([\/?#][^\s"'\\]*)?/gi;

/** A command line as records may hold it: of each URL only the origin, and cut where it is long. */
export function recordedCommand(command: string): string {
  const shown = command.replaceAll(
    URL_IN_TEXT,
    (_all, scheme: string, origin: string, rest?: string) =>
      `${scheme}${origin}${rest === undefined || rest === "/" ? rest ?? "" : "/…"}`,
  );
  const characters = [...shown];
  if (characters.length <= COMMAND_CHARACTERS_MAX) return shown;
  return `${characters.slice(0, COMMAND_CHARACTERS_MAX - 1).join("")}…`;
}
