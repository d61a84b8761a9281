import { formatSocketAddress, type SocketAddress } from "../../net/address/endpoint.ts";
import { clientAddress } from "../shell/proxy_url.ts";

const VARIABLES = ["https_proxy", "http_proxy", "all_proxy"];

/**
 * What to tell somebody whose environment names a proxy that we do not use; null when it names none, or
 * ourselves.
 */
export function upstreamWarning(
  env: Readonly<Record<string, string>>,
  listener: SocketAddress,
): string | null {
  const own = formatSocketAddress(clientAddress(listener));
  const set = Object.keys(env).filter((name) => VARIABLES.includes(name.toLowerCase()))
    .filter((name) => env[name]!.trim() !== "" && !namesUs(env[name]!, own, listener.port));
  if (set.length === 0) return null;
  return `${set.sort().join(", ")} of this environment ${
    set.length === 1 ? "is" : "are"
  } not used: ` +
    "this version of Doorward connects directly";
}

function namesUs(value: string, own: string, port: number): boolean {
  const authority = value.trim().replace(/^[a-z0-9]+:\/\//i, "").replace(/[/?#].*$/, "");
  const place = authority.slice(authority.lastIndexOf("@") + 1);
  return place === own || place === `localhost:${port}`;
}
