import type { Endpoint } from "../net/address/endpoint.ts";
import type { Host } from "../net/address/host.ts";
import type { IpAddress } from "../net/address/ip.ts";
import { AddressIndex } from "./address_index.ts";
import { NameIndex } from "./name_index.ts";
import type { Protocol } from "./request.ts";
import { appliesTo, type Rule } from "./rule.ts";

/** The allow or the deny list, ready to be asked. Of several rules that match the first one answers. */
export class RuleList {
  readonly isEmpty: boolean;
  readonly #names: NameIndex;
  readonly #addresses: AddressIndex;

  constructor(rules: readonly Rule[]) {
    this.isEmpty = rules.length === 0;
    this.#names = new NameIndex(rules);
    this.#addresses = new AddressIndex(rules);
  }

  /** The first rule that matches host, port and protocol. */
  find({ host, port }: Endpoint, protocol: Protocol): Rule | null {
    return host.kind === "name"
      ? this.#names.find(host.name, port, protocol)
      : this.findIp(host.ip, port, protocol);
  }

  /** The first rule about addresses that matches this one. */
  findIp(ip: IpAddress, port: number, protocol: Protocol): Rule | null {
    return this.#addresses.find(ip, port, protocol);
  }

  /** The first rule that names this very host, without a wildcard and not as part of a block. */
  findOwn({ host, port }: Endpoint, protocol: Protocol): Rule | null {
    return this.matching(host)
      .find((rule) => isOwnEntry(rule) && appliesTo(rule, port, protocol)) ?? null;
  }

  /** Every rule that matches the host at some port, by some protocol. */
  matching(host: Host): readonly Rule[] {
    return host.kind === "name"
      ? this.#names.matching(host.name)
      : this.#addresses.matching(host.ip);
  }
}

/** Whether a rule names one host and no other. */
export function isOwnEntry(rule: Rule): boolean {
  return rule.pattern.kind === "exact" || rule.pattern.kind === "ip";
}
