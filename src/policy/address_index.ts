import type { IpAddress } from "../net/address/ip.ts";
import { embeddedIpv4 } from "../net/address/ip_class.ts";
import { type IpRange, ipWidth, networkBits } from "../net/address/ip_range.ts";
import type { Protocol } from "./request.ts";
import { appliesTo, type Rule } from "./rule.ts";

interface Entry {
  readonly rule: Rule;
  /** Where it stands among all rules of its list. */
  readonly order: number;
  /** The next rule for the same block, in the order of the list. */
  readonly next: Entry | null;
}

/** All blocks of one size, by the bits of their network. */
interface Blocks {
  readonly prefix: number;
  readonly byNetwork: Map<bigint, Entry>;
}

/**
 * The rules of one list that are about addresses: single ones and blocks. A look-up asks once for each
 * size of block that occurs. An IPv6 address that stands for an IPv4 one is matched as both.
 */
export class AddressIndex {
  readonly #blocks = { 4: [] as Blocks[], 6: [] as Blocks[] };

  constructor(rules: readonly Rule[]) {
    for (let order = rules.length - 1; order >= 0; order--) this.#add(rules[order]!, order);
  }

  #add(rule: Rule, order: number): void {
    const range = rangeOf(rule);
    if (range === null) return;
    const { network, prefix } = range;
    const family = this.#blocks[network.family];
    let blocks = family.find((blocks) => blocks.prefix === prefix);
    if (blocks === undefined) family.push(blocks = { prefix, byNetwork: new Map() });
    const next = blocks.byNetwork.get(network.bits) ?? null;
    blocks.byNetwork.set(network.bits, { rule, order, next });
  }

  /** The first rule of the list that matches `ip` at `port`, asked for by `protocol`. */
  find(ip: IpAddress, port: number, protocol: Protocol): Rule | null {
    if (this.#blocks[4].length + this.#blocks[6].length === 0) return null;
    return this.matching(ip).find((rule) => appliesTo(rule, port, protocol)) ?? null;
  }

  /** Every rule that matches `ip` at some port, in the order of the list. */
  matching(ip: IpAddress): Rule[] {
    const found: Entry[] = [];
    this.#collect(ip, found);
    const embedded = embeddedIpv4(ip);
    if (embedded !== null) this.#collect(embedded, found);
    return found.sort((a, b) => a.order - b.order).map((entry) => entry.rule);
  }

  #collect(ip: IpAddress, found: Entry[]): void {
    for (const { prefix, byNetwork } of this.#blocks[ip.family]) {
      let entry = byNetwork.get(networkBits(ip, prefix)) ?? null;
      for (; entry !== null; entry = entry.next) found.push(entry);
    }
  }
}

/** What a rule about addresses covers. ::ffff:a.b.c.d is a.b.c.d on the wire, so it is filed as that. */
function rangeOf(rule: Rule): IpRange | null {
  const { pattern } = rule;
  if (pattern.kind !== "ip" && pattern.kind !== "range") return null;
  const range = pattern.kind === "range"
    ? pattern.range
    : { network: pattern.ip, prefix: ipWidth(pattern.ip) };
  const { network, prefix } = range;
  if (network.family === 4 || network.bits >> 32n !== 0xffffn) return range;
  return { network: { family: 4, bits: network.bits & 0xffffffffn }, prefix: prefix - 96 };
}
