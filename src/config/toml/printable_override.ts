import { formatEndpoint } from "../../net/address/endpoint.ts";
import { parseUpstreamUrl } from "../upstream_url.ts";
import { parseWebhookUrl, printableWebhook } from "../webhook_url.ts";
import { nearestKey } from "./nearest_key.ts";
import { withoutCredentials } from "./printable.ts";

/**
 * A `-c key=value` flag, to be printed: without the credentials of a URL. Of an upstream proxy, whose URL often
 * holds a password, and of a webhook or a decider, whose URL often is one, only what was understood is shown.
 */
export function printableOverride(flag: string): string {
  const value = flag.slice(flag.indexOf("=") + 1);
  const start = flag.slice(0, flag.length - value.length);
  if (setsExport(flag)) return value === "" ? flag : `${start}…`;
  if (setsUpstreamProxy(flag)) return `${start}${printableUpstream(value)}`;
  if (setsSecretUrl(flag)) return `${start}${printableUrl(value)}`;
  if (setsRules(flag)) return value === "" ? flag : `${start}…`;
  // It may be in a table, or have no equals sign.
  return /(?:upstream|webhook|decider).*[:@]/is.test(value)
    ? `${start}…`
    : withoutCredentials(flag);
}

/** Whether a `-c key=value` flag says where to export to, or was meant to: its headers and its URL may be secrets. */
function setsExport(flag: string): boolean {
  const key = flag.includes("=") ? flag.slice(0, flag.indexOf("=")) : flag;
  return /otel|otlp|exporter/i.test(key) ||
    key.split(".").some((part) => nearestKey(part.trim(), ["otel", "exporter"]) !== null);
}

/** Whether a `-c key=value` flag sets request rules, or was meant to: what they compare with may be a secret. */
function setsRules(flag: string): boolean {
  return flag.slice(0, flag.indexOf("=")).split(".").some((key) =>
    nearestKey(key.trim(), ["rules", "mitm_hooks"]) !== null
  ) || /\b(?:rules|mitm_hooks|inject|headers|query)\b/.test(flag);
}

/** Whether a `-c key=value` flag sets the upstream proxy, or was meant to. */
export function setsUpstreamProxy(flag: string): boolean {
  return flag.includes("=") && flag.slice(0, flag.indexOf("=")).split(".").some(isUpstreamKey);
}

/** Whether a key is that of the upstream proxy, or was meant to be. */
export function isUpstreamKey(key: string): boolean {
  return nearestKey(key.trim(), ["upstream_proxy"]) !== null;
}

/** Whether a `-c key=value` flag sets a URL that may be a secret, or was meant to. */
export function setsSecretUrl(flag: string): boolean {
  return flag.includes("=") && flag.slice(0, flag.indexOf("=")).split(".").some(isSecretKey);
}

/** Whether a key's URL may be a secret, or the key was meant to be such a one. */
export function isSecretKey(key: string): boolean {
  return isUpstreamKey(key) || /webhook/i.test(key) ||
    nearestKey(key.trim(), ["ask_webhook", "decider"]) !== null;
}

function printableUrl(value: string): string {
  const url = parseWebhookUrl(unquoted(value));
  if (url instanceof URL) return printableWebhook(url);
  return value === "" ? "" : "…";
}

/** Quoted as TOML is, or as text is that is not TOML. */
function unquoted(value: string): string {
  return value.trim().replace(/^["']+/, "").replace(/["']+$/, "");
}

function printableUpstream(value: string): string {
  const url = parseUpstreamUrl(unquoted(value));
  if (url.kind === "bad") return value === "" ? "" : "…";
  return value.includes("@") ? `${url.kind}://…@${formatEndpoint(url.endpoint)}` : value;
}
