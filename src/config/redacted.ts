import { formatEndpoint } from "../net/address/endpoint.ts";
import { formatOrigin } from "../policy/rule.ts";
import type { Config, NetworkConfig } from "./config.ts";
import { printableWebhook } from "./webhook_url.ts";

/** `[network]` with its request rules. */
export interface ShownNetwork extends NetworkConfig {
  readonly rules: readonly ShownRule[];
}

/** A request rule without its secrets. */
export interface ShownRule {
  /** The host, and what of a request has to be so. */
  readonly rule: string;
  /** Where it is written. */
  readonly origin: string;
  readonly strip: readonly string[];
  /** The names of the headers that are put in. */
  readonly inject: readonly string[];
}

/** `[network]` as it may be shown: without what lets its bearer in elsewhere. */
export function redactedNetwork(
  { network, policy, upstreamProxy, askWebhook }: Pick<
    Config,
    "network" | "policy" | "upstreamProxy" | "askWebhook"
  >,
): ShownNetwork {
  return {
    ...network,
    upstream_proxy: upstreamProxy === null
      ? ""
      : `${upstreamProxy.kind}://${upstreamProxy.credentials === null ? "" : "…@"}${
        formatEndpoint(upstreamProxy.endpoint)
      }`,
    ask_webhook: askWebhook === null ? "" : printableWebhook(askWebhook),
    rules: policy.requestRules.map(({ text, origin, actions: { strip, inject } }) => ({
      rule: text,
      origin: formatOrigin(origin),
      strip,
      inject: inject.map(({ name }) => name),
    })),
  };
}
