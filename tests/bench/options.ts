import { type Scenario, scenariosOf } from "./scenarios.ts";
import { studiesOf, type StudyOptions } from "./studies.ts";

/** What one run of the bench is told. */
export interface Options extends StudyOptions {
  readonly rounds: number;
  /** How long one scenario lasts for one contender in one round. */
  readonly ms: number;
  /** The same before the first round, not counted: for what compiles as it runs. */
  readonly warmUpMs: number;
  readonly json: boolean;
  /** What is measured. */
  readonly scenarios: readonly Scenario[];
}

/** What `--help` prints. */
export const USAGE = `deno task bench [--rounds N] [--quick] [--only TEXT] [--json]

  --rounds N   interleaved rounds of which the median is taken (default 3; of starts 5)
  --quick      one short round: does it run at all, is anything far off
  --only TEXT  only the rows and tables whose title has TEXT in it, in whatever case: --only socks,
               --only start-up, --only "idle tunnels"
  --json       every figure of every round as JSON; the tables go to standard error
  --help       this

In full it takes a quarter of an hour, with --quick two minutes. At the end it prints which goals are
met (goals.ts). One that is missed is no failure: what is measured depends on what else the machine
does, and the exit code is 0.
`;

const ROUNDS_MAX = 100;
const FULL = {
  ms: 700,
  warmUpMs: 300,
  starts: 5,
  idleMs: 1000,
  tunnels: [1000, 10_000],
  closedMs: 5000,
};
const QUICK = { ms: 150, warmUpMs: 60, starts: 1, idleMs: 200, tunnels: [1000], closedMs: 1000 };

/** Reads the command line; text is what is wrong with it. */
export function readOptions(args: readonly string[]): Options | string {
  let rounds: number | null = null;
  let quick = false;
  let json = false;
  let only = "";
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === "--quick") quick = true;
    else if (arg === "--json") json = true;
    else if (arg === "--only") {
      const text = args[++at];
      if (text === undefined) return "--only takes a part of a title";
      only = text;
    } else if (arg === "--rounds") {
      rounds = Number(args[++at]);
      if (!Number.isInteger(rounds) || rounds < 1 || rounds > ROUNDS_MAX) {
        return `--rounds takes a number from 1 to ${ROUNDS_MAX}`;
      }
    } else return `unknown argument "${arg}"`;
  }
  const scenarios = scenariosOf(only);
  const studies = studiesOf(only);
  if (scenarios.length + studies.length === 0) return `no row has "${only}" in its title`;
  const what = { json, scenarios, studies };
  return quick
    ? { rounds: rounds ?? 1, ...QUICK, starts: rounds ?? QUICK.starts, ...what }
    : { rounds: rounds ?? 3, ...FULL, starts: rounds ?? FULL.starts, ...what };
}
