import { type Field, field, type Fields } from "../fields.ts";

/** Fields of one connection of HTTP/1.1: HTTP/2 has none of them (RFC 9113 section 8.2.2; RFC 7540 section 3.2.1). */
const NOT_IN_HTTP2: ReadonlySet<string> = new Set([
  "connection",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  "te",
]);

/**
 * An option of a session, which its types do not know: without it the runtime throws for a field that is there twice and
 * should be there once. Many servers say such a field twice, and it is not for us to refuse.
 */
export const EVERY_VALUE = { strictSingleValueFields: false } as const;

/**
 * The fields of a message of HTTP/2, from names and values in turn; pseudo-fields are left out.
 *
 * @throws {TypeError} for a character that no field holds
 */
export function fromHttp2(raw: readonly string[]): Field[] {
  const fields: Field[] = [];
  const crumbs: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]!;
    const value = raw[at + 1]!;
    if (name.startsWith(":") || NOT_IN_HTTP2.has(name)) continue;
    // RFC 9113 section 8.2.3: for whoever does not speak HTTP/2 the pieces of a cookie are one field.
    if (name === "cookie") crumbs.push(value);
    else fields.push(field(name, value));
  }
  if (crumbs.length > 0) fields.push(field("cookie", crumbs.join("; ")));
  return fields;
}

/** Fields as HTTP/2 takes them: names in lower case, those of a connection left out. */
export function toHttp2(fields: Fields): Record<string, string[]> {
  const all = new Map<string, string[]>();
  for (const { key, value } of fields) {
    if (NOT_IN_HTTP2.has(key)) continue;
    const values = all.get(key);
    if (values === undefined) all.set(key, [value]);
    else values.push(value);
  }
  return Object.fromEntries(all);
}
