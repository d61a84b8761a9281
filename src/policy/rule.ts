import type { HostPattern } from "./host_pattern.ts";
import type { Protocol } from "./request.ts";

/** Where a value was written. */
export interface Origin {
  /** A path, `-c` or `--allow` for the command line, or `built-in`. */
  readonly file: string;
  /** From 1; null where the source has no lines. */
  readonly line: number | null;
  /** From 1, in UTF-16 units as editors count; null where the source has no lines. */
  readonly column: number | null;
  /** The preset that stands there by its name, where that is what said it. */
  readonly preset?: string;
}

/** One entry of the allow or the deny list. */
export interface Rule {
  readonly list: "allow" | "deny";
  readonly pattern: HostPattern;
  /** The one protocol that it holds for; absent for all of them. */
  readonly protocol?: Protocol;
  /** Whether a tunnel that it allows may carry anything, on the port of HTTPS, too. */
  readonly raw?: true;
  /** The text as it was written. */
  readonly text: string;
  readonly origin: Origin;
}

/** Whether a rule has anything to say about this port, asked for in this way. */
export function appliesTo(rule: Rule, port: number, protocol: Protocol): boolean {
  return (rule.pattern.port === null || rule.pattern.port === port) &&
    (rule.protocol === undefined || rule.protocol === protocol);
}

/** Prints `file:line:column`, as far as they are known, and the preset that is named there. */
export function formatOrigin({ file, line, column, preset }: Origin): string {
  const place = [file, line, column].filter((part) => part !== null).join(":");
  return preset === undefined ? place : `${place}, preset ${preset}`;
}
