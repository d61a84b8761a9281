import { formatEndpoint } from "../net/address/endpoint.ts";
import type { Config, NetworkConfig } from "./config.ts";
import { printableWebhook } from "./webhook_url.ts";

/** `[network]` as it may be shown: without what lets its bearer in elsewhere. */
export function redactedNetwork(
  { network, upstreamProxy, askWebhook }: Pick<
    Config,
    "network" | "upstreamProxy" | "askWebhook"
  >,
): NetworkConfig {
  return {
    ...network,
    upstream_proxy: upstreamProxy === null
      ? ""
      : `${upstreamProxy.kind}://${upstreamProxy.credentials === null ? "" : "…@"}${
        formatEndpoint(upstreamProxy.endpoint)
      }`,
    ask_webhook: askWebhook === null ? "" : printableWebhook(askWebhook),
  };
}
