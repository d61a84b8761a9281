import { hasValidALabels } from "./a_labels.ts";
import { formatIp, type IpAddress, parseIp } from "./ip.ts";

/** A host as a client may name it: lower case, without a trailing dot, A-labels only; or an address. */
export type Host =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "ip"; readonly ip: IpAddress };

/** Text that names no host that Doorward will go to. `why` is a short clause, fit to be sent back. */
export interface BadHost {
  readonly kind: "bad";
  readonly why: string;
}

/** RFC 1035 section 2.3.4: 255 bytes on the wire are 253 in text. */
const NAME_BYTES_MAX = 253;
/** RFC 1035 section 2.3.4. */
const LABEL_BYTES_MAX = 63;

const HYPHEN = 0x2d;
const DOT = 0x2e;
const BRACKET = 0x5b;
const UNDERSCORE = 0x5f;

/**
 * Reads the host part of an authority (RFC 3986 section 3.2.2), without a port: a name, a strict dotted
 * quad, or an IPv6 address in brackets. The only normaliser in the program.
 */
export function parseHost(text: string): Host | BadHost {
  if (text.charCodeAt(0) === BRACKET) return parseBracketed(text);
  // One trailing dot means the root and is dropped; of a second the empty label in front tells.
  const end = text.charCodeAt(text.length - 1) === DOT ? text.length - 1 : text.length;
  if (end === 0) return bad(text === "" ? "the host is empty" : "a label is empty");
  if (end > NAME_BYTES_MAX) return bad("the name is longer than 253 bytes");

  let label = 0;
  let previous = DOT;
  let hasUpper = false;
  let hasPrefix = false; // two hyphens in third and fourth place, as in "xn--"
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (previous === DOT) return bad("a label is empty");
      if (previous === HYPHEN) return bad("a label ends with a hyphen");
      if (at - label > LABEL_BYTES_MAX) return bad("a label is longer than 63 bytes");
      label = at + 1;
    } else if (code === HYPHEN) {
      if (previous === DOT) return bad("a label begins with a hyphen");
      if (previous === HYPHEN && at - label === 3) hasPrefix = true;
    } else if (code >= 0x41 && code <= 0x5a) {
      hasUpper = true;
    } else if (!isLowerOrDigit(code) && code !== UNDERSCORE) {
      return bad(whyNotInName(code));
    }
    previous = code;
  }
  if (previous === DOT) return bad("a label is empty");
  if (previous === HYPHEN) return bad("a label ends with a hyphen");
  if (end - label > LABEL_BYTES_MAX) return bad("a label is longer than 63 bytes");

  if (isDigit(text.charCodeAt(label)) && isNumber(text, label, end)) return parseNumeric(text);
  const whole = end === text.length ? text : text.slice(0, end);
  const name = hasUpper ? whole.toLowerCase() : whole;
  if (hasPrefix && !hasValidALabels(name)) return bad("an xn-- label is not a valid A-label");
  return { kind: "name", name };
}

/** Prints a host without brackets: `example.com`, `192.0.2.1`, `2001:db8::1`. */
export function formatHost(host: Host): string {
  return host.kind === "name" ? host.name : formatIp(host.ip);
}

/** Whether the last label is a number: decimal or octal digits, or hexadecimal ones after 0x. */
function isNumber(text: string, start: number, end: number): boolean {
  const isHex = text.charCodeAt(start) === 0x30 && // 0
    (text.charCodeAt(start + 1) | 0x20) === 0x78; // x
  for (let at = isHex ? start + 2 : start; at < end; at++) {
    const code = text.charCodeAt(at);
    const letter = code | 0x20;
    if (!isDigit(code) && !(isHex && letter >= 0x61 && letter <= 0x66)) return false;
  }
  return true;
}

/**
 * A name that ends in a number is an IPv4 address to everyone else (WHATWG URL, "ends in a number";
 * inet_aton). Stricter: only the one spelling that nobody can read differently.
 */
function parseNumeric(text: string): Host | BadHost {
  const ip = parseIp(text);
  if (ip !== null) return { kind: "ip", ip };
  return bad("it ends in a number but is not an IPv4 address of four plain decimal numbers");
}

function parseBracketed(text: string): Host | BadHost {
  const close = text.indexOf("]");
  if (close === -1) return bad("the closing bracket is missing");
  if (close !== text.length - 1) return bad("something follows the closing bracket");
  const inside = text.slice(1, close);
  if (inside.includes("%")) return bad("zone identifiers are not accepted");
  const ip = parseIp(inside);
  if (ip?.family === 6) return { kind: "ip", ip };
  return bad("only an IPv6 address goes in brackets");
}

function isLowerOrDigit(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || isDigit(code);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function whyNotInName(code: number): string {
  if (code > 0x7e) {
    return code === 0x7f
      ? "it has a control character"
      : "it has a character outside ASCII: international names are written as A-labels, xn--";
  }
  if (code < 0x20) return "it has a control character";
  const character = String.fromCharCode(code);
  return WHY_NOT[character] ?? `"${character}" does not occur in host names`;
}

const WHY_NOT: Readonly<Record<string, string>> = {
  " ": "it has a space",
  "%": "percent-encoding and zone identifiers are not accepted",
  "@": "user information is not accepted",
  "/": "it has a slash: a host has no path",
  "\\": "it has a backslash",
  "#": "it has a number sign: a host has no fragment",
  "?": "it has a question mark: a host has no query",
  ":": "it has a colon: an IPv6 address goes in brackets",
  "[": "only an IPv6 address goes in brackets, and the brackets go round all of it",
  "]": "only an IPv6 address goes in brackets, and the brackets go round all of it",
};

function bad(why: string): BadHost {
  return { kind: "bad", why };
}
