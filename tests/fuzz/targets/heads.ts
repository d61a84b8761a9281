import { field } from "../../../src/http/fields.ts";
import type { RequestHead, ResponseHead } from "../../../src/http/head.ts";
import { parseRequestHead, parseResponseHead } from "../../../src/http/parse_head.ts";
import { latin1Bytes } from "../../../src/net/stream/latin1.ts";

const FIELDS_MAX = 100;

/**
 * The request head that an input means: `METHOD target minor`, and field lines behind it, with line feeds between them.
 * Null where no such head can come from the parser.
 */
export function requestHeadOf(input: string): RequestHead | null {
  const text = `${input.replaceAll("\n", "\r\n")}\r\n\r\n`;
  try {
    return parseRequestHead(latin1Bytes(text), FIELDS_MAX);
  } catch {
    return null; // Whether it should be one is asked of the parser of heads itself.
  }
}

/** The response head that an input means, in the same manner. */
export function responseHeadOf(input: string): ResponseHead | null {
  const text = `${input.replaceAll("\n", "\r\n")}\r\n\r\n`;
  try {
    return parseResponseHead(latin1Bytes(text), FIELDS_MAX);
  } catch {
    return null; // As above.
  }
}

/** A request head with these `Host` fields. */
export function headFor(
  method: string,
  target: string,
  hosts: readonly string[],
): Omit<RequestHead, "sent"> {
  return { method, target, minor: 1, fields: hosts.map((host) => field("Host", host)) };
}
