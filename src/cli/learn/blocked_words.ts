import { parseIp } from "../../net/address/ip.ts";
import { classifyIp } from "../../net/address/ip_class.ts";
import { CLASS_WORDS } from "../../policy/local_target.ts";
import { counted } from "../printed/counted.ts";
import { briefly } from "../printed/briefly.ts";
import { hostAndPort } from "../printed/remedy.ts";
import type { Observed } from "./observations.ts";

/** What was blocked, why, and how often. */
export function blockedWords(
  { host, port }: Pick<Observed, "host" | "port">,
  reason: string,
  times: number,
): string {
  const where = host === "unix-socket" ? "a unix socket" : hostAndPort(host, port);
  return `${where}: ${whyBlocked(host, port, reason)} (${counted(times, "time")})`;
}

function whyBlocked(host: string, port: number, reason: string): string {
  const brief = briefly(reason, port);
  switch (reason) {
    case "not_allowed_local":
      return whyLocal(host);
    case "not_tls":
      return `${brief}; "${hostAndPort(host, port)} raw" would let it pass`;
    default:
      return brief;
  }
}

/** A name says by itself that it means this machine, or it leads to such an address. */
function whyLocal(host: string): string {
  const ip = parseIp(host);
  if (ip !== null) return CLASS_WORDS[classifyIp(ip)];
  return host === "localhost" || host.endsWith(".localhost")
    ? "a name for this machine"
    : "its name leads to a local, private or special address";
}
