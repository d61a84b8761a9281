import { quoteWords, shortCommand } from "../shell/command_line.ts";
import { counted } from "../printed/counted.ts";
import type { Shell } from "../../library/env/shell_quote.ts";
import { warningLine } from "../printed/notices.ts";
import { type Line, paint } from "../printed/terminal.ts";
import { blockedWords } from "./blocked_words.ts";
import type { LearnedHost, Lesson } from "./lesson.ts";
import { markWords } from "./marks.ts";
import { type Observed, PLACES_MAX } from "./observations.ts";

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
  const { hosts, blocked, allowRules } = lesson;
  return [
    ...verdict(lesson, told.file),
    ...upTo(LINES_MAX, [...hosts].sort(newFirst).map((host) => hostLine(host, allowRules > 0))),
    ...upTo(LINES_MAX, blocked.flatMap(blockedLines)),
    ...notes(lesson, told).map((text): Line => [`doorward: ${text}`]),
    ...warnings(lesson, told).map(warningLine),
    ...next(hosts, told),
  ];
}

function verdict(lesson: Lesson, file: string | null): readonly Line[] {
  const where = file === null ? "the policy is below" : `the policy is in ${file}`;
  const { hosts, blocked, unreached, toSockets } = lesson;
  const requests = hosts.reduce((sum, { seen }) => sum + seen.allowed, 0);
  const said = hosts.length > 0
    ? `${counted(hosts.length, "place")} in ${counted(requests, "request")}`
    : blocked.length > 0
    ? "nothing that was asked for may pass"
    : unreached.length > 0
    ? "nothing that was asked for was reached"
    : toSockets > 0
    ? "nothing but unix sockets was asked for"
    : null;
  if (said !== null) return [[`doorward: ${said}: ${where}`]];
  return [
    [`doorward: nothing was learned: ${where}, and lets nothing through`],
    ["  the command asked for nothing, or does not honour proxy variables and goes past Doorward"],
  ];
}

function notes(lesson: Lesson, { mitm }: Told): readonly string[] {
  const { unreached, toSockets, unusedRules, hasUnseenTunnels } = lesson;
  const notes: string[] = [];
  if (unreached.length > 0) {
    notes.push(`not reached, and not allowed: ${counted(unreached.length, "place")}`);
  }
  if (unusedRules > 0) {
    const rules = counted(unusedRules, "allow rule was", "allow rules were");
    notes.push(`${rules} not needed, and left out`);
  }
  if (toSockets > 0) notes.push("unix sockets are not learned, and kept as configured");
  if (!mitm && hasUnseenTunnels) {
    notes.push("what HTTPS carried was not seen, and is not limited; -c network.mitm=true looks");
  }
  return notes;
}

function warnings({ beyond }: Lesson, { code }: Told): readonly string[] {
  const warnings: string[] = [];
  if (beyond > 0) {
    const requests = counted(beyond, "request");
    warnings.push(
      `the policy is incomplete: ${requests} went to places beyond the first ${PLACES_MAX}`,
    );
  }
  if (code !== 0) {
    warnings.push(`the command ended with ${code}: it may have asked for less than it needs`);
  }
  return warnings;
}

function blockedLines(seen: Observed): readonly Line[] {
  return [...seen.blocked].map(([reason, times]) => [
    "  ",
    paint("bad", "blocked  "),
    blockedWords(seen, reason, times),
  ]);
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

function next(hosts: readonly LearnedHost[], { words, file, shell }: Told): readonly Line[] {
  if (file === null || hosts.length === 0) return [];
  const own = quoteWords(["doorward", "run", "--config", file, "--"], shell);
  return [["doorward: read it, then: ", paint("copy", `${own} ${shortCommand(words, shell)}`)]];
}
