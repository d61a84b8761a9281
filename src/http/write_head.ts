import { latin1Bytes } from "../net/latin1.ts";
import type { Fields } from "./fields.ts";

/** A request head as bytes. The fields are parsed ones or our own: they hold no line ends. */
export function requestHeadBytes(
  method: string,
  path: string,
  fields: Fields,
): Uint8Array<ArrayBuffer> {
  return latin1Bytes(`${method} ${path} HTTP/1.1\r\n${fieldLines(fields)}\r\n`);
}

/** A response head as bytes. */
export function responseHeadBytes(
  status: number,
  reason: string,
  fields: Fields,
): Uint8Array<ArrayBuffer> {
  return latin1Bytes(`HTTP/1.1 ${status} ${reason}\r\n${fieldLines(fields)}\r\n`);
}

/** Field lines, each with its line end. */
export function fieldLines(fields: Fields): string {
  let lines = "";
  for (const { name, value } of fields) lines += `${name}: ${value}\r\n`;
  return lines;
}
