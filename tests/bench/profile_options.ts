import { type Scenario, scenariosOf } from "./scenarios.ts";

/** What one run of the profiler is told. */
export interface ProfileOptions {
  readonly scenario: Scenario;
  readonly seconds: number;
  /** The file that is written. */
  readonly out: string;
  /** How many functions are printed. */
  readonly top: number;
}

/** What `--help` prints. */
export const PROFILE_USAGE = `deno task profile SCENARIO [--seconds N] [--top N] [--out FILE]

Runs one row of the bench against Doorward with V8's profiler on, prints which functions took the
time, and writes a profile that Chrome opens (DevTools, Performance, "Load profile").

  SCENARIO     a part of one row's title: deno task profile "plain HTTP, kept, 64"
  --seconds N  how long it is profiled, after two seconds that are not (default 5)
  --top N      how many functions are printed (default 40)
  --out FILE   where the profile goes (default: profile.cpuprofile in the temporary folder)
  --help       this
`;

const SECONDS_MAX = 600;
const TOP_MAX = 1000;

/** Reads the command line; text is what is wrong with it. */
export function readProfileOptions(
  args: readonly string[],
  temporary: string,
): ProfileOptions | string {
  let seconds = 5;
  let top = 40;
  let out = `${temporary}/profile.cpuprofile`;
  let wanted: string | null = null;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--seconds") {
      seconds = Number(args[++at]);
      if (!(seconds > 0 && seconds <= SECONDS_MAX)) {
        return `--seconds takes a number up to ${SECONDS_MAX}`;
      }
    } else if (arg === "--top") {
      top = Number(args[++at]);
      if (!Number.isInteger(top) || top < 1 || top > TOP_MAX) {
        return `--top takes a number from 1 to ${TOP_MAX}`;
      }
    } else if (arg === "--out") {
      const file = args[++at];
      if (file === undefined) return "--out takes a file";
      out = file;
    } else if (arg.startsWith("-") || wanted !== null) return `unknown argument "${arg}"`;
    else wanted = arg;
  }
  const scenario = oneScenario(wanted ?? "");
  return typeof scenario === "string" ? scenario : { scenario, seconds, out, top };
}

/** The row that is meant: the one with that title, or else the only one that has it in its title. */
function oneScenario(text: string): Scenario | string {
  const rows = scenariosOf(text);
  const [first] = rows;
  if (first === undefined) return `no row has "${text}" in its title`;
  const exact = rows.find(({ title }) => title.toLowerCase() === text.toLowerCase());
  if (exact !== undefined || rows.length === 1) return exact ?? first;
  return `it takes one row, and these have "${text}" in their titles:\n${
    rows.map(({ title }) => `  ${title}`).join("\n")
  }`;
}
