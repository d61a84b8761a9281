/** What one run is told. */
export interface Options {
  readonly what: Course;
  readonly seed: number;
  readonly json: boolean;
}

/** What is run. */
export type Course =
  | { readonly kind: "mix"; readonly minutes: number }
  | { readonly kind: "slowloris"; readonly seconds: number }
  | { readonly kind: "tunnels"; readonly count: number };

/** What `--help` prints. */
export const USAGE = `deno task soak [--minutes N | --slowloris [SECONDS] | --tunnels N] [options]

  --minutes N         mixed traffic for so long (default 10); exit code 1 when memory or descriptors grow
  --slowloris [N]     slow clients at each entrance for N seconds (default 60); exit code 1 when others wait
  --tunnels N         that many idle tunnels, opened and closed; exit code 1 when anything is left of them
  --seed N            what the traffic is made of (default 1)
  --json              each line as JSON
  --help              this
`;

const DEFAULT_MINUTES = 10;
const DEFAULT_SLOW_SECONDS = 60;
/** A weekend: whoever wants more starts it again. */
const MINUTES_MAX = 4320;
const SECONDS_MAX = 3600;
/** The ports of one address. */
const TUNNELS_MAX = 60_000;
const SEED_MAX = 2 ** 31 - 1;

/** Reads the command line; text is what is wrong with it. */
export function readOptions(args: readonly string[]): Options | string {
  const rest = [...args];
  let what: Course | null = null;
  let seed = 1;
  let json = false;
  while (rest.length > 0) {
    const arg = rest.shift()!;
    if (arg === "--json") {
      json = true;
    } else if (arg === "--seed") {
      const value = wholeNumber(rest.shift(), SEED_MAX);
      if (value === null) return `--seed takes a number from 1 to ${SEED_MAX}`;
      seed = value;
    } else {
      const read = readCourse(arg, rest);
      if (typeof read === "string") return read;
      if (what !== null) return `${arg} is a run of its own`;
      what = read;
    }
  }
  return { what: what ?? { kind: "mix", minutes: DEFAULT_MINUTES }, seed, json };
}

/** Reads one of the runs, and takes its number off the rest. */
function readCourse(arg: string, rest: string[]): Course | string {
  switch (arg) {
    case "--minutes": {
      const minutes = wholeNumber(rest.shift(), MINUTES_MAX);
      return minutes === null
        ? `--minutes takes a number from 1 to ${MINUTES_MAX}`
        : { kind: "mix", minutes };
    }
    case "--slowloris": {
      const isSaid = rest[0] !== undefined && !rest[0].startsWith("--");
      const seconds = isSaid ? wholeNumber(rest.shift(), SECONDS_MAX) : DEFAULT_SLOW_SECONDS;
      return seconds === null
        ? `--slowloris takes a number from 1 to ${SECONDS_MAX}`
        : { kind: "slowloris", seconds };
    }
    case "--tunnels": {
      const count = wholeNumber(rest.shift(), TUNNELS_MAX);
      return count === null
        ? `--tunnels takes a number from 1 to ${TUNNELS_MAX}`
        : { kind: "tunnels", count };
    }
    default:
      return `unknown argument "${arg}"`;
  }
}

function wholeNumber(text: string | undefined, max: number): number | null {
  if (text === undefined || !/^[1-9]\d{0,9}$/.test(text)) return null;
  const value = Number(text);
  return value <= max ? value : null;
}
