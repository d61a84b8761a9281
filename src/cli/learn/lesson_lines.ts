import { quoteWords, shortCommand } from "../shell/command_line.ts";
import { counted } from "../audit/shown_amounts.ts";
import type { Shell } from "../../library/env/shell_quote.ts";
import { type Line, paint } from "../printed/terminal.ts";
import { blockedWords } from "./blocked_words.ts";
import type { LearnedHost, Lesson } from "./lesson.ts";
import { markWords } from "./marks.ts";
import { PLACES_MAX } from "./observations.ts";

/** What a summary tells of besides what was learned. */
export interface Told {
  readonly words: readonly [string, ...string[]];
  readonly code: number;
  /** Where the policy was written; null where it is printed below. */
  readonly file: string | null;
  /** Whether methods inside HTTPS were seen. */
  readonly mitm: boolean;
  readonly shell: Shell;
}

/** Lines of one kind: more are not read by anybody, and stand in the policy. */
const LINES_MAX = 20;

/** What was learned, for people. */
export function lessonLines(lesson: Lesson, told: Told): readonly Line[] {
  const { hosts, blocked, unreached, beyond, toSockets } = lesson;
  return [
    ...verdict(lesson, told),
    ...upTo(LINES_MAX, [...hosts].sort(newFirst).map((host) => hostLine(host, lesson.compares))),
    ...upTo(
      LINES_MAX,
      blocked.flatMap((seen) =>
        [...seen.blocked].map(([reason, times]): Line => [
          "  ",
          paint("bad", "blocked  "),
          blockedWords(seen, reason, times),
        ])
      ),
    ),
    ...(unreached.length === 0
      ? []
      : [[`doorward: not reached, and not allowed: ${counted(unreached.length, "place")}`]]),
    ...(toSockets === 0
      ? []
      : [["doorward: unix sockets are not learned, and kept as configured"]]),
    ...(beyond === 0 ? [] : [warning(
      `the policy is incomplete: ${counted(beyond, "request")} went to places beyond the first ` +
        `${PLACES_MAX}, which are told apart`,
    )]),
    ...(told.code === 0 ? [] : [warning(
      `the command ended with ${told.code}: it may have asked for less than it needs`,
    )]),
    ...(told.mitm || hosts.length === 0 ? [] : [[
      "doorward: what HTTPS carried was not seen, and is not limited; -c network.mitm=true looks",
    ]]),
    ...next(hosts, told),
  ];
}

function verdict(lesson: Lesson, { file }: Told): readonly Line[] {
  const { hosts, blocked, unreached, toSockets } = lesson;
  const where = file === null ? "the policy is below" : `the policy is in ${file}`;
  if (hosts.length > 0) {
    const requests = hosts.reduce((sum, { seen }) => sum + seen.allowed, 0);
    return [[
      `doorward: ${counted(hosts.length, "place")} in ${counted(requests, "request")}: ${where}`,
    ]];
  }
  if (blocked.length > 0) return [[`doorward: nothing that was asked for may pass: ${where}`]];
  if (unreached.length > 0) {
    return [[`doorward: nothing that was asked for was reached: ${where}`]];
  }
  if (toSockets > 0) return [[`doorward: nothing but unix sockets was asked for: ${where}`]];
  return [
    [`doorward: nothing was asked for: ${where}, and lets nothing through`],
    ["  a command that does not honour proxy variables goes past Doorward"],
  ];
}

/** What somebody has to look at comes first. */
function newFirst(a: LearnedHost, b: LearnedHost): number {
  return Number(a.known !== null) - Number(b.known !== null) || b.marks.length - a.marks.length;
}

function hostLine({ pattern, seen, known, marks }: LearnedHost, compares: boolean): Line {
  const news = !compares
    ? "allowed  "
    : known === null
    ? paint("warning", "new      ")
    : paint("faint", "known    ");
  const words = marks.map(markWords).join("; ");
  const what = `${pattern}  ${counted(seen.allowed, "request")}`;
  return words === "" ? ["  ", news, what] : ["  ", news, `${what}  `, paint("warning", words)];
}

function upTo(max: number, lines: readonly Line[]): readonly Line[] {
  if (lines.length <= max) return lines;
  return [...lines.slice(0, max), [`  and ${lines.length - max} more`]];
}

function warning(text: string): Line {
  return [paint("warning", "doorward: warning: "), text];
}

function next(hosts: readonly LearnedHost[], { words, file, shell }: Told): readonly Line[] {
  if (file === null || hosts.length === 0) return [];
  const own = quoteWords(["doorward", "run", "--config", file, "--"], shell);
  return [[`doorward: read it, then: ${own} ${shortCommand(words, shell)}`]];
}
