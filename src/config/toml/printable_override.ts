import { formatEndpoint } from "../../net/address/endpoint.ts";
import { parseUpstreamUrl } from "../upstream_url.ts";
import { nearestKey } from "./nearest_key.ts";
import { withoutCredentials } from "./printable.ts";

/**
 * A `-c key=value` flag, to be printed: without the credentials of a URL. Of an upstream proxy, whose URL often
 * holds a password, only what was understood is shown.
 */
export function printableOverride(flag: string): string {
  const value = flag.slice(flag.indexOf("=") + 1);
  const start = flag.slice(0, flag.length - value.length);
  if (setsUpstreamProxy(flag)) return `${start}${printableUpstream(value)}`;
  // It may be in a table, or have no equals sign.
  return /upstream.*[:@]/is.test(value) ? `${start}…` : withoutCredentials(flag);
}

/** Whether a `-c key=value` flag sets the upstream proxy, or was meant to. */
export function setsUpstreamProxy(flag: string): boolean {
  return flag.includes("=") && flag.slice(0, flag.indexOf("=")).split(".").some(isUpstreamKey);
}

/** Whether a key is that of the upstream proxy, or was meant to be. */
export function isUpstreamKey(key: string): boolean {
  return nearestKey(key.trim(), ["upstream_proxy"]) !== null;
}

function printableUpstream(value: string): string {
  // Quoted as TOML is, or as text is that is not TOML.
  const url = parseUpstreamUrl(value.trim().replace(/^["']+/, "").replace(/["']+$/, ""));
  if (url.kind === "bad") return value === "" ? "" : "…";
  return value.includes("@") ? `${url.kind}://…@${formatEndpoint(url.endpoint)}` : value;
}
