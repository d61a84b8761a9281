import { printableOverride } from "../../config/toml/printable_override.ts";
import { isUrl, printableUrl } from "../../config/requirements/requirements_url.ts";
import type { PolicyFlags } from "../argv/command.ts";
import { type Shell, shellQuote } from "../../library/env/shell_quote.ts";

/** Prints words as a command line that can be pasted. */
export function quoteWords(words: readonly string[], shell: Shell): string {
  return words.map((word) => shellQuote(word, shell)).join(" ");
}

/** A command line longer than this is cut after its first word: the line that has it is to be read. */
const COMMAND_CHARACTERS_MAX = 60;

/** Prints a command line that stands behind another one; the first word of a long one. */
export function shortCommand(words: readonly [string, ...string[]], shell: Shell): string {
  const whole = quoteWords(words, shell);
  return whole.length <= COMMAND_CHARACTERS_MAX ? whole : `${quoteWords([words[0]], shell)} …`;
}

/** The flags as they are given on a command line, to be printed: without the credentials of a URL. */
export function flagWords(flags: PolicyFlags): readonly string[] {
  return [
    ...(flags.file === null ? [] : ["--config", flags.file]),
    ...(flags.requirements === null ? [] : ["--requirements", printable(flags.requirements)]),
    ...(flags.profile === null ? [] : ["--profile", flags.profile]),
    ...(flags.trustProject ? ["--trust-project"] : []),
    ...flags.overrides.flatMap((override) => ["-c", printableOverride(override)]),
    ...flags.allow.flatMap((host) => ["--allow", host]),
    ...flags.deny.flatMap((host) => ["--deny", host]),
    ...(flags.mode === null ? [] : ["--mode", flags.mode]),
  ];
}

/** A path as it is; of a URL what is no secret. */
function printable(fileOrUrl: string): string {
  const url = isUrl(fileOrUrl) ? URL.parse(fileOrUrl.trim()) : null;
  return url === null ? fileOrUrl : printableUrl(url);
}
