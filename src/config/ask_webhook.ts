import type { NetworkConfig } from "./config.ts";
import type { Findings } from "./toml/findings.ts";
import type { LocatedTable } from "./toml/located.ts";
import { parseWebhookUrl } from "./webhook_url.ts";

/** Reads `ask_webhook` of `[network]`; null where it is not written, or is empty. */
export function readAskWebhook(
  table: LocatedTable,
  network: Pick<NetworkConfig, "ask_webhook">,
  findings: Findings,
): URL | null {
  const written = table.entries.get("ask_webhook");
  if (written === undefined || network.ask_webhook.trim() === "") return null;
  const url = parseWebhookUrl(network.ask_webhook);
  if (url instanceof URL) return url;
  findings.fault(written.value.place, `"ask_webhook" names no place for questions: ${url.why}`);
  return null;
}
