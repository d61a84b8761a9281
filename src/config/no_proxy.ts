import { parsePort } from "../net/address/endpoint.ts";
import { parseHost } from "../net/address/host.ts";
import { type IpAddress, parseIp } from "../net/address/ip.ts";
import { type IpRange, ipWidth, networkBits } from "../net/address/ip_range.ts";
import type { BypassEntry } from "../proxy/upstream/bypass.ts";

/** What `NO_PROXY` says. */
export interface NoProxy {
  readonly entries: readonly BypassEntry[];
  /** What could not be read, as written. */
  readonly unread: readonly string[];
}

/**
 * Reads `NO_PROXY`: entries between commas or blanks. `*` is everything; a name means itself and all below it,
 * whether it is written `example.com`, `.example.com` or `*.example.com`; an address, or a block of addresses
 * (`10.0.0.0/8`), means itself. Each may end in `:port`, with an IPv6 address in brackets then.
 */
export function parseNoProxy(text: string): NoProxy {
  const entries: BypassEntry[] = [];
  const unread: string[] = [];
  for (const word of text.split(/[\s,]+/)) {
    if (word === "") continue;
    const entry = parseEntry(word);
    if (entry === null) unread.push(word);
    else entries.push(entry);
  }
  return { entries, unread };
}

function parseEntry(word: string): BypassEntry | null {
  const whole = rangeEntry(word, null);
  if (whole !== null) return whole;
  const [, host = "", portText] = /^(.*?)(?::([0-9]+))?$/s.exec(word)!;
  const port = portText === undefined ? null : parsePort(portText);
  if (port !== null && typeof port !== "number") return null;
  if (host === "*") return { kind: "everything", port };
  return rangeEntry(host.replace(/^\[(.*)\]/, "$1"), port) ?? nameEntry(host, port);
}

function nameEntry(text: string, port: number | null): BypassEntry | null {
  const host = parseHost(text.replace(/^\*?\./, ""));
  return host.kind === "name" ? { kind: "name", name: host.name, port } : null;
}

function rangeEntry(text: string, port: number | null): BypassEntry | null {
  const [ipText = "", prefixText, more] = text.split("/");
  const ip = parseIp(ipText);
  if (ip === null || more !== undefined) return null;
  const width = ipWidth(ip);
  const prefix = prefixText === undefined ? width : parsePrefix(prefixText, width);
  return prefix === null ? null : { kind: "range", range: rangeOf(ip, prefix), port };
}

function parsePrefix(text: string, width: number): number | null {
  return /^[0-9]{1,3}$/.test(text) && Number(text) <= width ? Number(text) : null;
}

/** Lenient where our own lists are not: other programs read `10.1.2.3/8` as the block around it. */
function rangeOf(ip: IpAddress, prefix: number): IpRange {
  return { network: { family: ip.family, bits: networkBits(ip, prefix) }, prefix };
}
