import { parseIp } from "../../net/address/ip.ts";
import { counted } from "../audit/shown_amounts.ts";
import { briefly } from "../printed/briefly.ts";
import { hostAndPort, isSocket } from "../printed/remedy.ts";
import type { Observed } from "./observations.ts";

/** What was blocked, how often, why, and what would be needed for it to pass. */
export function blockedWords(
  { host, port }: Pick<Observed, "host" | "port">,
  reason: string,
  times: number,
): string {
  const where = isSocket(port) ? "a unix socket" : hostAndPort(host, port);
  return `${where}: ${whyBlocked(host, port, reason)} (${counted(times, "time")})`;
}

function whyBlocked(host: string, port: number, reason: string): string {
  const brief = briefly(reason, port);
  switch (reason) {
    case "not_allowed_local":
      // The name itself says so, or the address that it leads to does.
      return parseIp(host) !== null || host.endsWith("localhost")
        ? `${brief}; write it into allowed_domains as it is, if it is meant`
        : "its name leads to a local, private or special address";
    case "not_tls":
      return `${brief}; "${hostAndPort(host, port)} raw" would let it pass`;
    default:
      return brief;
  }
}
