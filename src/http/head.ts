// HTTP/1.1 on the wire (RFC 9110, RFC 9112): bytes to messages and back. No sockets, no policy.
import type { Fields } from "./fields.ts";

/** The minor version of HTTP/1. */
export type Minor = 0 | 1;

/** A head as it came, and where its lines are. */
export interface HeadText {
  /** All of it, a character a byte. */
  readonly text: string;
  /** Where the line of each field begins, and at the end where the empty line does. */
  readonly lines: readonly number[];
}

/** A request line and its fields, as sent. */
export interface RequestHead {
  /** Case-sensitive (RFC 9110 section 9.1). */
  readonly method: string;
  /** The request-target as written: see target.ts. */
  readonly target: string;
  readonly minor: Minor;
  readonly fields: Fields;
  readonly sent: HeadText;
}

/** A status line and its fields, as sent. */
export interface ResponseHead {
  readonly minor: Minor;
  /** 100 to 999. */
  readonly status: number;
  /** May be empty. */
  readonly reason: string;
  readonly fields: Fields;
  readonly sent: HeadText;
}
