import { printableOverride } from "../../config/toml/printable_override.ts";
import type { PolicyFlags } from "../argv/command.ts";
import { type Shell, shellQuote } from "./shell_quote.ts";

/** Prints words as a command line that can be pasted. */
export function quoteWords(words: readonly string[], shell: Shell): string {
  return words.map((word) => shellQuote(word, shell)).join(" ");
}

/** The flags as they are given on a command line, to be printed: without the credentials of a URL. */
export function flagWords(flags: PolicyFlags): readonly string[] {
  return [
    ...(flags.file === null ? [] : ["--config", flags.file]),
    ...(flags.profile === null ? [] : ["--profile", flags.profile]),
    ...(flags.trustProject ? ["--trust-project"] : []),
    ...flags.overrides.flatMap((override) => ["-c", printableOverride(override)]),
    ...flags.allow.flatMap((host) => ["--allow", host]),
    ...flags.deny.flatMap((host) => ["--deny", host]),
    ...(flags.mode === null ? [] : ["--mode", flags.mode]),
  ];
}
