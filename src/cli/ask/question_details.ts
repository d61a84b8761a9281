import { formatIp } from "../../net/address/ip.ts";
import { classifyIp } from "../../net/address/ip_class.ts";
import { parseHost } from "../../net/address/host.ts";
import { ConnectError } from "../../net/errors.ts";
import type { Resolver } from "../../net/ports.ts";
import { CLASS_WORDS } from "../../policy/local_target.ts";
import type { Question } from "../../proxy/asking/question.ts";

/** Addresses that are told of: more are not read. */
const ADDRESSES_MAX = 8;

/** Nothing ends the look-up early but its own limit. */
const NEVER = new AbortController().signal;

/**
 * Says more of a question to a person who asks for it. Only then is its name looked up, which tells the name to
 * whoever serves it: to do so for every question would let a program send out what it likes, one name at a time.
 */
export function questionDetails(
  resolve: Resolver,
): (question: Question) => Promise<readonly string[]> {
  return async ({ host, pattern }) => [
    `  allowing it makes the rule "${pattern}"; a deny rule, or a local address, still blocks it`,
    ...await addressLines(host, resolve),
  ];
}

async function addressLines(text: string, resolve: Resolver): Promise<readonly string[]> {
  const host = parseHost(text);
  if (host.kind !== "name") return [];
  try {
    const ips = await resolve(host.name, NEVER);
    const more = ips.length > ADDRESSES_MAX ? [`  and ${ips.length - ADDRESSES_MAX} more`] : [];
    return [
      ...ips.slice(0, ADDRESSES_MAX).map((ip) =>
        `  it resolves to ${formatIp(ip)}, ${CLASS_WORDS[classifyIp(ip)]}`
      ),
      ...more,
    ];
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    return [`  it does not resolve: ${error.message}`];
  }
}
