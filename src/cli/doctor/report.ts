import { VERSION } from "../../library/version.ts";
import { formatOrigin } from "../../policy/rule.ts";
import { counted } from "../printed/counted.ts";
import { type Line, paint, type Style } from "../printed/terminal.ts";
import type { Examined } from "./examine.ts";
import type { Finding, Level } from "./finding.ts";

/** A mark is a word: it reads without colour, too. */
const MARKS: Readonly<Record<Level, readonly [mark: string, style: Style]>> = {
  ok: ["ok", "good"],
  note: ["note", "faint"],
  warning: ["warning", "warning"],
  fault: ["FAULT", "bad"],
};
const MARK_WIDTH = Math.max(...Object.values(MARKS).map(([mark]) => mark.length));

/** What `--json` prints: docs/doctor.md has the keys. */
export interface Report {
  readonly ok: boolean;
  readonly version: string;
  readonly counts: Readonly<Record<Level, number>>;
  readonly findings: readonly ReportedFinding[];
}

/** One of them; its place is null where it is not about what a file says. */
export interface ReportedFinding extends Omit<Finding, "origin"> {
  readonly check: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

/** For a person: a line a finding, and what mends it where something is wrong. */
export function reportLines(examined: readonly Examined[], problemsOnly: boolean): readonly Line[] {
  const shown = examined.map(({ name, findings }) => ({
    name,
    findings: problemsOnly ? findings.filter(isProblem) : findings,
  })).filter(({ findings }) => findings.length > 0);
  return [
    ...shown.flatMap(({ name, findings }) => [[name], ...findings.flatMap(findingLines)]),
    ...(problemsOnly ? [] : [closing(examined)]),
  ];
}

/** For a program: everything, whatever is left out for a person. */
export function reportJson(examined: readonly Examined[]): Report {
  const count = countOf(examined);
  return {
    ok: count("fault") === 0,
    version: VERSION,
    counts: {
      ok: count("ok"),
      note: count("note"),
      warning: count("warning"),
      fault: count("fault"),
    },
    findings: examined.flatMap(({ name, findings }) =>
      findings.map(({ level, subject, found, mend, origin }) => ({
        check: name,
        subject,
        level,
        found,
        mend,
        file: origin?.file ?? null,
        line: origin?.line ?? null,
        column: origin?.column ?? null,
      }))
    ),
  };
}

function findingLines({ level, subject, found, mend, origin }: Finding): readonly Line[] {
  const [mark, style] = MARKS[level];
  const place = origin === null ? "" : `${formatOrigin(origin)}: `;
  return [
    ["  ", paint(style, mark.padEnd(MARK_WIDTH)), `  ${subject}: ${place}${found}`],
    ...mend.map((each): Line => [`  ${" ".repeat(MARK_WIDTH)}    mend: `, paint("copy", each)]),
  ];
}

function closing(examined: readonly Examined[]): Line {
  const count = countOf(examined);
  const all = examined.flatMap(({ findings }) => findings).length;
  const [faults, warnings] = [count("fault"), count("warning")];
  const style = faults > 0 ? "bad" : warnings > 0 ? "warning" : "good";
  const words = [counted(faults, "fault"), counted(warnings, "warning")].join(", ");
  return [`${counted(all, "check")}: `, paint(style, words)];
}

function countOf(examined: readonly Examined[]): (level: Level) => number {
  const all = examined.flatMap(({ findings }) => findings);
  return (level) => all.filter((finding) => finding.level === level).length;
}

function isProblem({ level }: Finding): boolean {
  return level === "warning" || level === "fault";
}
