import { type Scenario, scenariosOf } from "./scenarios.ts";

/** What one run of the bench is told. */
export interface Options {
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

  --rounds N   interleaved rounds of which the median is taken (default 3)
  --quick      one short round: does it run at all, is anything far off
  --only TEXT  only the rows whose title has TEXT in it, in whatever case: --only socks
  --json       every figure of every round as JSON, in place of the tables
  --help       this
`;

const ROUNDS_MAX = 100;

/** Reads the command line; text is what is wrong with it. */
export function readOptions(args: readonly string[]): Options | string {
  let rounds: number | null = null;
  let quick = false;
  let json = false;
  let scenarios = scenariosOf("");
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === "--quick") quick = true;
    else if (arg === "--json") json = true;
    else if (arg === "--only") {
      const text = args[++at];
      if (text === undefined) return "--only takes a part of a title";
      scenarios = scenariosOf(text);
      if (scenarios.length === 0) return `no row has "${text}" in its title`;
    } else if (arg === "--rounds") {
      rounds = Number(args[++at]);
      if (!Number.isInteger(rounds) || rounds < 1 || rounds > ROUNDS_MAX) {
        return `--rounds takes a number from 1 to ${ROUNDS_MAX}`;
      }
    } else return `unknown argument "${arg}"`;
  }
  return quick
    ? { rounds: rounds ?? 1, ms: 400, warmUpMs: 150, json, scenarios }
    : { rounds: rounds ?? 3, ms: 1000, warmUpMs: 400, json, scenarios };
}
