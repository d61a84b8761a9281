// The chain of a log: each line ends with a hash of itself and of what is before it.
import { createHash } from "node:crypto";

/** What stands before the first line of all. */
export const CHAIN_START = "0".repeat(64);

/** A line with its place in a chain. */
export interface Link {
  /** As it is written. */
  readonly text: string;
  /** What it ends with. */
  readonly value: string;
}

const MEMBER = ',"doorward.chain":"';
const END = '"}';
const VALUE_REGEXP = /^[0-9a-f]{64}$/;

/** How much longer a line gets by its place in a chain. */
export const LINK_BYTES = MEMBER.length + 64 + END.length - "}".length;

/** Adds a JSON object of one line to a chain that has got to `previous`. */
export function link(previous: string, line: string): Link {
  const value = chainValue(previous, line);
  return { text: `${line.slice(0, -1)}${MEMBER}${value}${END}`, value };
}

/** SHA-256 of what is before a line, in hexadecimal, and the line without its own value. */
export function chainValue(previous: string, line: string): string {
  return createHash("sha256").update(previous).update(line).digest("hex");
}

/** Takes a line apart into what it was before it became a link, and its value; null where it is none. */
export function unlink(text: string): { readonly line: string; readonly value: string } | null {
  const at = text.length - LINK_BYTES - 1;
  if (at < 1 || !text.startsWith(MEMBER, at) || !text.endsWith(END)) return null;
  const value = text.slice(at + MEMBER.length, -END.length);
  return VALUE_REGEXP.test(value) ? { line: `${text.slice(0, at)}}`, value } : null;
}
