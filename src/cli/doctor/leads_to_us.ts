import type { Config } from "../../config/config.ts";
import { ownProxy } from "../../config/upstream_routes.ts";
import { parseUpstreamUrl } from "../../config/upstream_url.ts";

/** Whether what names a proxy (a URL, or `host:port`) names a listener of the Doorward that is configured. */
export function leadsToUs(
  text: string,
  { proxyAddress, socksAddress }: Pick<Config, "proxyAddress" | "socksAddress">,
): boolean {
  const url = parseUpstreamUrl(text);
  if (url.kind === "bad") return false;
  const listeners = [proxyAddress, ...(socksAddress === null ? [] : [socksAddress])];
  return ownProxy({ tunnels: { ...url, source: "" }, plain: null }, listeners) !== null;
}
