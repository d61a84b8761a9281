import { isOptionName, type OptionName, type OptionRow, OPTIONS } from "./options.ts";
import { nearestKey } from "../../config/toml/nearest_key.ts";

/** The options at the head of a list of words. */
export interface OwnWords {
  /** Each in the one form `--name` or `--name=value`. */
  readonly options: readonly string[];
  /** The names of those options, in order. */
  readonly names: readonly OptionName[];
  /** How many words they took. The next one, if any, is no option. */
  readonly used: number;
  /** What is wrong with the option at `used`, or null. */
  readonly fault: string | null;
}

/**
 * Takes options off the front of `words`, up to the first word that is none. This is what tells our own
 * words from a child's, exactly: parseArgs() would take the `true` of `run --quiet true` for the value of a
 * flag, and lose the second `--` of `run -- git checkout -- file`.
 */
export function takeOwnWords(words: readonly string[]): OwnWords {
  const options: string[] = [];
  const names: OptionName[] = [];
  let used = 0;
  while (used < words.length) {
    const word = words[used]!;
    if (word === "-" || word === "--" || !word.startsWith("-")) break;
    const taken = word.startsWith("--")
      ? takeLong(word, words[used + 1])
      : takeShort(word, words[used + 1]);
    if (typeof taken === "string") return { options, names, used, fault: taken };
    for (const { name, value } of taken.options) {
      options.push(value === null ? `--${name}` : `--${name}=${value}`);
      names.push(name);
    }
    used += taken.used;
  }
  return { options, names, used, fault: null };
}

interface Taken {
  readonly options: readonly { readonly name: OptionName; readonly value: string | null }[];
  readonly used: number;
}

function takeLong(word: string, next: string | undefined): Taken | string {
  const equals = word.indexOf("=");
  const name = word.slice(2, equals === -1 ? undefined : equals);
  if (!isOptionName(name)) return unknownOption(`--${name}`);
  const row: OptionRow = OPTIONS[name];
  if (row.value === undefined) {
    if (equals !== -1) return `Option "--${name}" takes no value`;
    return { options: [{ name, value: null }], used: 1 };
  }
  if (equals === -1) return takeValue(name, next);
  const value = word.slice(equals + 1);
  return value === "" ? missingValue(name) : { options: [{ name, value }], used: 1 };
}

/** `-q`, `-c key=value`, `-ckey=value`, and flags in one word as in `-qh`. */
function takeShort(word: string, next: string | undefined): Taken | string {
  const options: { name: OptionName; value: string | null }[] = [];
  for (let at = 1; at < word.length; at++) {
    const name = byLetter(word[at]!);
    if (name === null) return unknownOption(`-${word[at]}`);
    if ((OPTIONS[name] as OptionRow).value === undefined) {
      options.push({ name, value: null });
      continue;
    }
    const rest = word.slice(at + 1);
    if (rest !== "") return { options: [...options, { name, value: rest }], used: 1 };
    const taken = takeValue(name, next);
    return typeof taken === "string"
      ? taken
      : { options: [...options, ...taken.options], used: taken.used };
  }
  return { options, used: 1 };
}

function takeValue(name: OptionName, next: string | undefined): Taken | string {
  // A dash is more often a forgotten value than a value; `--name=-value` says that it is meant.
  if (next === undefined || next === "" || next.startsWith("-")) return missingValue(name);
  return { options: [{ name, value: next }], used: 2 };
}

function byLetter(letter: string): OptionName | null {
  const found = Object.entries(OPTIONS).find(([, row]) => (row as OptionRow).short === letter);
  return found === undefined ? null : found[0] as OptionName;
}

function missingValue(name: OptionName): string {
  const row: OptionRow = OPTIONS[name];
  const short = row.short === undefined ? "" : ` (-${row.short})`;
  return `Option "--${name}"${short} needs a value: --${name}=${row.value}`;
}

function unknownOption(written: string): string {
  const known = Object.keys(OPTIONS).map((name) => `--${name}`);
  const meant = written.startsWith("--") ? nearestKey(written, known) : null;
  return `Unknown option "${written}"${meant === null ? "" : `: did you mean "${meant}"?`}`;
}
