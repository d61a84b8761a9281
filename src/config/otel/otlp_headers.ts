import { type Field, field, type Fields } from "../../http/fields.ts";
import { quote } from "../toml/printable.ts";
import { type Reader, reader } from "../toml/value_readers.ts";

/** A collector wants one or two. */
const HEADERS_MAX = 32;
/** What common servers take of one. */
const VALUE_LENGTH_MAX = 4096;

/** What we say ourselves, or what would change where a request ends. */
const OURS =
  /^(?:host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|accept|user-agent|content-.*|proxy-.*)$/;

/** Reads `headers` of an exporter. Their values may be secrets: no message holds any. */
export const readHeaders: Reader<Fields> = reader(
  { type: "object", additionalProperties: { type: "string" } },
  (value, name, findings) => {
    if (value.kind !== "table") {
      findings.fault(value.place, `"${name}" is no table: write { "x-api-key" = "…" }`);
      return undefined;
    }
    if (value.entries.size > HEADERS_MAX) {
      findings.fault(value.place, `"${name}" has more than ${HEADERS_MAX} entries: remove some`);
      return undefined;
    }
    const headers: Field[] = [];
    for (const [header, { key, value: held }] of value.entries) {
      const text = held.kind === "scalar" && typeof held.value === "string" ? held.value : null;
      const why = whyNotName(header) ?? whyNotValue(text);
      const isTwice = headers.some((other) => other.key === header.toLowerCase());
      if (why !== null) findings.fault(key, `header ${quote(header)}: ${why}`);
      else if (isTwice) findings.fault(key, `header ${quote(header)} is written twice`);
      else headers.push(field(header, text!.trim()));
    }
    return headers;
  },
);

function whyNotName(name: string): string | null {
  // RFC 9110 section 5.6.2: a name is a token.
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/.test(name)) return "this is no name of a header";
  return OURS.test(name.toLowerCase()) ? "Doorward sets it itself: remove it" : null;
}

function whyNotValue(value: string | null): string | null {
  if (value === null) return "its value is no text in quotes";
  if (value.length > VALUE_LENGTH_MAX) {
    return `its value is longer than ${VALUE_LENGTH_MAX} characters`;
  }
  return /^[\t\x20-\x7e]*$/.test(value) ? null : "its value has other characters than plain ASCII";
}
