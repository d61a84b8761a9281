import { TARGETS } from "./targets.ts";

/** What one run is told. */
export interface Options {
  /** The parsers that are fed, by name. */
  readonly parsers: readonly string[];
  /** Inputs a parser; fewer where one takes long. */
  readonly inputs: number;
  /** That of the first input of each parser. */
  readonly seed: number;
  /** The most that a parser is given. */
  readonly seconds: number;
  readonly json: boolean;
}

const NAMES = TARGETS.map(({ name }) => name);
const INPUTS_MAX = 1e9;
const SEED_MAX = 2 ** 31;

/** What `--help` prints. */
export const USAGE = `deno task fuzz [--parser NAME] [--inputs N] [--seed N] [--seconds N] [--json]

  --parser NAME  only this one; may be given again. ${NAMES.slice(0, 4).join(", ")},
                 ${rows(NAMES.slice(4))}
  --inputs N     inputs for each parser (default 1000000; a fifth of them where one takes long)
  --seed N       the seed of the first input; the next has the next (default: another one each time)
  --seconds N    the most that each parser is given (default 600)
  --json         what came of it as JSON
  --help         this
`;

/** Reads the command line; text is what is wrong with it. `anySeed` is taken where none is given. */
export function readOptions(args: readonly string[], anySeed: number): Options | string {
  const parsers: string[] = [];
  const numbers = { inputs: 1_000_000, seed: anySeed, seconds: 600 };
  const most = { inputs: INPUTS_MAX, seed: SEED_MAX - 1, seconds: INPUTS_MAX };
  let json = false;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    const key = arg.slice(2);
    if (arg === "--json") json = true;
    else if (arg === "--parser") {
      const name = args[++at] ?? "";
      if (!NAMES.includes(name)) return `there is no parser "${name}": ${NAMES.join(", ")}`;
      parsers.push(name);
    } else if (arg.startsWith("--") && (key === "inputs" || key === "seed" || key === "seconds")) {
      const text = args[++at] ?? "";
      if (!/^[0-9]{1,10}$/.test(text) || Number(text) > most[key]) {
        return `${arg} takes a whole number up to ${most[key]}`;
      }
      numbers[key] = Number(text);
    } else return `unknown argument "${arg}"`;
  }
  return { parsers: parsers.length === 0 ? NAMES : parsers, ...numbers, json };
}

/** Names with commas between them, a few on each line. */
function rows(names: readonly string[]): string {
  return names.map((name, at) => at % 5 === 4 ? `${name},\n                ` : `${name},`).join(" ")
    .replace(/,$/, "");
}
