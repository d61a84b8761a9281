import { formatOrigin } from "../policy/rule.ts";
import type { UpstreamProxy } from "../proxy/upstream/upstream_proxy.ts";
import type { NetworkConfig } from "./config.ts";
import type { Findings } from "./toml/findings.ts";
import type { LocatedTable } from "./toml/located.ts";
import { escapeControls } from "./toml/printable.ts";
import { parseUpstreamUrl } from "./upstream_url.ts";

/** Reads `upstream_proxy` of `[network]`; null where it is not written, or is empty. */
export function readUpstreamProxy(
  table: LocatedTable,
  network: Pick<NetworkConfig, "upstream_proxy" | "allow_upstream_proxy">,
  findings: Findings,
): UpstreamProxy | null {
  const written = table.entries.get("upstream_proxy");
  if (written === undefined || network.upstream_proxy.trim() === "") return null;
  if (!network.allow_upstream_proxy) {
    findings.fault(
      written.key,
      '"upstream_proxy" is written and "allow_upstream_proxy" is false: remove one of them',
    );
  }
  const { place } = written.value;
  const url = parseUpstreamUrl(network.upstream_proxy);
  if (url.kind === "bad") {
    findings.fault(place, `"upstream_proxy" names no proxy: ${url.why}`);
    return null;
  }
  return { ...url, source: escapeControls(formatOrigin(place.origin)) };
}
