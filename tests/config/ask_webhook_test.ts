import { assertEquals } from "@std/assert";
import { readAskWebhook } from "../../src/config/ask_webhook.ts";
import { Findings } from "../../src/config/toml/findings.ts";
import { faultsOf, load, print, tableOf } from "./load.ts";

function read(text: string, value: string): [string | undefined, string[]] {
  const findings = new Findings();
  const url = readAskWebhook(tableOf(text), { ask_webhook: value }, findings);
  return [url?.href, print(findings.faults())];
}

Deno.test("readAskWebhook() reads a URL", () => {
  const url = "https://hooks.test/x";
  assertEquals(read(`ask_webhook = "${url}"`, url), [url, []]);
});

Deno.test("readAskWebhook() is null where nothing is written, or nothing in it", () => {
  assertEquals(read("", ""), [undefined, []]);
  assertEquals(read('ask_webhook = " "', " "), [undefined, []]);
});

Deno.test("readAskWebhook() refuses at the value what is no place, and repeats none of it", () => {
  const url = "http://hooks.test/s3cret";
  assertEquals(read(`ask_webhook = "${url}"`, url), [undefined, [
    '1:15 "ask_webhook" names no place for questions: ' +
    "http is for this machine only (127.0.0.1, localhost): write https",
  ]]);
});

Deno.test("loadConfig() has the webhook, and never shows its secret", async () => {
  const url = "https://hooks.test/T0/s3cret";
  const overrides = [`network.ask_webhook=${url}`];
  const { askWebhook, sources } = await load(null, { overrides });
  assertEquals(askWebhook?.href, url);
  assertEquals(sources[1], "-c network.ask_webhook=https://hooks.test/…");
  const unquoted = await faultsOf(`[network]\nask_webhook = ${url}`);
  const wrongType = await faultsOf(null, { overrides: [`network.ask_webhook=["${url}"]`] });
  const lost = await load(`[network]\nask_webhook = "${url}"`, {
    overrides: ["network.ask_webhook.x=1"],
  }).catch(String);
  const said = JSON.stringify([unquoted, wrongType, lost]);
  assertEquals([said.includes("s3cret"), unquoted.length, wrongType.length], [false, 1, 1]);
});
