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

/** What stands in records is a word or a line, and not a text. */
const RECORDABLE = /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u;

/** Whether it can be a label, or a hint. */
export function isRecordable(text: string): boolean {
  return RECORDABLE.test(text);
}

/**
 * What is said of requests, over what was said before. A program that says `undefined` says nothing.
 *
 * @throws {TypeError} for a label, or a hint, that no record could hold
 */
export function attributedBy(part: Partial<Attribution>, before: Attribution): Attribution {
  const { label = before.label, command = before.command } = part;
  const { execPolicyHint = before.execPolicyHint } = part;
  for (const [name, text] of Object.entries({ label, execPolicyHint })) {
    if (text === null || isRecordable(text)) continue;
    throw new TypeError(`Cannot use this "${name}": it takes 1 to 200 printable characters`);
  }
  return { label, command, execPolicyHint };
}

/** Longer ones are cut: a record is a line. */
const COMMAND_CHARACTERS_MAX = 200;

/**
 * A URL in a command line: all that follows its origin, and user info in front of it, stays out of records. No scheme is
 * longer: without a limit each letter of a long word would be tried as the beginning of one, up to the word's end.
 */
const URL_IN_TEXT =
  /([a-z][a-z0-9+.-]{0,31}:\/\/)(?:[^\s\/?#"'\\]*@)?([^\s\/?#"'\\]*)([\/?#][^\s"'\\]*)?/gi;

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
