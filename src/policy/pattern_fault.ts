// What people write where a pattern belongs, and what to tell them. Every sentence is printable ASCII.
import { formatIp, parseIp } from "../net/address/ip.ts";
import { ipWidth, networkBits } from "../net/address/ip_range.ts";

/** What shows on the face of trimmed text that it is no pattern, and what to write instead; or null. */
export function whyNotPattern(text: string): string | null {
  if (text === "") return "it is empty; write a host such as example.com";
  if (/^[A-Za-z0-9_.*?:/[\]-]+$/.test(text)) return whyNotUrl(text) ?? whyNotBrackets(text);
  for (const [sign, why] of WHY_NOT) {
    if (text.includes(sign)) return sign === "://" ? whyNotUrl(text) : why;
  }
  if (/[\u0080-\uffff]/.test(text)) return whyNotAscii(text);
  const stranger = /[^A-Za-z0-9_.*?:/[\]-]/.exec(text)![0];
  return /[!-~]/.test(stranger)
    ? `"${stranger}" does not occur in host patterns; write a host such as example.com`
    : "it has a control character; write a host such as example.com";
}

/** Said of a pattern that leaves nothing out. */
export const EVERYTHING =
  "it matches every host; name the hosts, or write *.example.com for what lies below one; " +
  "to allow all that is not denied set dangerously_allow_all_domains = true";

/** The longest name there is with a port and `**.` in front. What is longer is no host, and no help to anybody. */
const HOST_SHOWN_MAX = "**.".length + 253 + ":65535".length;

const WHY_NOT: readonly (readonly [string, string | null])[] = [
  ["://", null],
  ["@", "it has user information; write the host only"],
  ["{", "there are no alternatives in braces; write one pattern for each host"],
  ["}", "there are no alternatives in braces; write one pattern for each host"],
  ["!", "there is no negation; write the host without ! in the list of denied hosts"],
  ["%", "percent-encoding and zone identifiers are not accepted; write the plain host or address"],
  [",", "it is a list; write one pattern for each host"],
  [" ", "it has a space; write one pattern for each host"],
];

function whyNotUrl(text: string): string | null {
  const address = /^([A-Za-z*][A-Za-z0-9+.*-]*:)?\/\/([^/?#]*)/.exec(text);
  const host = address === null ? whyNotPath(text) : address[2]!.replace(/^.*@/, "");
  if (host === null) return null;
  return /^[A-Za-z0-9_.*?:[\]-]+$/.test(host) && host.length <= HOST_SHOWN_MAX
    ? `it is a URL; write the host only, "${host.toLowerCase()}"`
    : "it is a URL; write the host only";
}

/** The host in front of a path; null where the slash belongs to a range. */
function whyNotPath(text: string): string | null {
  const slash = text.indexOf("/");
  if (slash === -1) return null;
  const host = text.slice(0, slash);
  return parseIp(host.replaceAll(/[[\]]/g, "")) === null ? host : null;
}

function whyNotBrackets(text: string): string | null {
  const inside = /^(\*\*?\.)?\[([^[\]]*)\](:.*|\.)?$/.exec(text);
  if (inside === null) {
    if (/^\[[^\]]*$/.test(text)) return "the closing bracket is missing; write [2001:db8::1]";
    if (!/[[\]]/.test(text) || text.includes("/")) return null;
    return "there are no character classes; write one pattern for each host, or ? for any character";
  }
  if (inside[1] === undefined && parseIp(inside[2]!)?.family === 6) return null;
  if (/^[*?]+$/.test(inside[2]!)) return EVERYTHING;
  return "only an IPv6 address goes in brackets; write anything else without them";
}

function whyNotAscii(text: string): string {
  const [, front, rest] = /^(\*\*?\.)?(.*)$/s.exec(text)!;
  const host = URL.parse(`http://${rest}`)?.host ?? "";
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*(:[0-9]+)?$/.test(host) && host.length <= HOST_SHOWN_MAX
    ? `it has characters outside ASCII; write the A-label, "${front ?? ""}${host}"`
    : "it has characters outside ASCII; write the A-label, xn--";
}

/** What is wrong with text that has a slash after an address. */
export function whyNotRange(text: string): string {
  const [host, prefix] = text.split("/", 2) as [string, string];
  const ip = parseIp(host.replaceAll(/[[\]]/g, ""))!;
  const width = ipWidth(ip);
  const bits = /^(0|[1-9][0-9]{0,2})(:.*)?$/.exec(prefix);
  if (bits === null || Number(bits[1]) > width) {
    return `what follows the slash is not a number of bits; write one from 1 to ${width}`;
  }
  const network = { family: ip.family, bits: networkBits(ip, Number(bits[1])) };
  const range = `${formatIp(network)}/${bits[1]}`;
  if (host.startsWith("[")) return `a range has no brackets; write ${range}`;
  if (bits[2] !== undefined) return `a range takes no port; write ${range}`;
  return `bits are set after the prefix; write ${range}, or the address alone`;
}
