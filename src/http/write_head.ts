import { latin1Bytes } from "../net/stream/latin1.ts";
import { fitsInLine } from "./characters.ts";
import type { Fields } from "./fields.ts";

/**
 * A request head as bytes. The fields are parsed ones or made by `field`: they hold no line ends.
 *
 * @throws {TypeError} for a character in the first line that no line of a head holds
 */
export function requestHeadBytes(
  method: string,
  path: string,
  fields: Fields,
): Uint8Array<ArrayBuffer> {
  return headBytes(`${method} ${path} HTTP/1.1`, fieldLines(fields));
}

/** The same with field lines that are written already, each with its line end. */
export function requestHeadOfLines(
  method: string,
  path: string,
  lines: string,
): Uint8Array<ArrayBuffer> {
  return headBytes(`${method} ${path} HTTP/1.1`, lines);
}

/** A response head as bytes. Throws as {@linkcode requestHeadBytes} does. */
export function responseHeadBytes(
  status: number,
  reason: string,
  fields: Fields,
): Uint8Array<ArrayBuffer> {
  return headBytes(`HTTP/1.1 ${status} ${reason}`, fieldLines(fields));
}

/** Field lines, each with its line end. */
export function fieldLines(fields: Fields): string {
  let lines = "";
  for (const { name, value } of fields) lines += `${name}: ${value}\r\n`;
  return lines;
}

function headBytes(line: string, lines: string): Uint8Array<ArrayBuffer> {
  if (!fitsInLine(line)) {
    throw new TypeError(`Cannot write ${JSON.stringify(line)}: it holds a control character`);
  }
  return latin1Bytes(`${line}\r\n${lines}\r\n`);
}
