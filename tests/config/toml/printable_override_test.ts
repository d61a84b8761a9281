import { assertEquals } from "@std/assert";
import {
  isSecretKey,
  isUpstreamKey,
  printableOverride,
  setsSecretUrl,
  setsUpstreamProxy,
} from "../../../src/config/toml/printable_override.ts";

const KEY = "network.upstream_proxy";
const HOOK = "network.ask_webhook";

/** What is given, and what is printed of it. */
const PRINTED: readonly (readonly [string, string])[] = [
  ["network.mode=full", "network.mode=full"],
  ["network.allow_upstream_proxy=true", "network.allow_upstream_proxy=true"],
  ["network.proxy_url=http://u:p@127.0.0.1:9", "network.proxy_url=http://…@127.0.0.1:9"],
  [`${KEY}=`, `${KEY}=`],
  [`${KEY}=http://h.test:1`, `${KEY}=http://h.test:1`],
  [`${KEY}="http://h.test:1"`, `${KEY}="http://h.test:1"`],
  [`${KEY}="http://u:p@h.test:1"`, `${KEY}=http://…@h.test:1`],
  [`${KEY}='socks5h://u:p@[::1]:1'`, `${KEY}=socks5://…@[::1]:1`],
  [`${KEY}=http://u:it's3cret@h.test:1`, `${KEY}=http://…@h.test:1`],
  [`${KEY}=http://u:it s3cret@h.test:1`, `${KEY}=http://…@h.test:1`],
  [`${KEY}=us=er:s3cret@h.test:1`, `${KEY}=http://…@h.test:1`],
  [`${KEY}=http://u:'s3cret@h:z`, `${KEY}=…`],
  [`${KEY}=http://u:a@s3cret:x`, `${KEY}=…`],
  [`${KEY}=http://u:s3cret`, `${KEY}=…`],
  ["network.upstreamProxy=http://u:a@s3cret:x", "network.upstreamProxy=…"],
  ["network.upstream_proxy.x=http://u:a@s3cret:x", "network.upstream_proxy.x=…"],
  ['network={upstream_proxy="http://u:a@s3cret:x"}', "network=…"],
  ["network.upstream_proxy:http://u:a@s3cret:x", "…"],
  ["network.upstream_proxy", "network.upstream_proxy"],
  ["network.rules=", "network.rules="],
  ['network.rules={"a.test"={headers={a="s3cret"}}}', "network.rules=…"],
  ["network.rules.a.inject.b=s3cret", "network.rules.a.inject.b=…"],
  ["network.rule={a=s3cret}", "network.rule=…"],
  ['network.mitm_hooks=[{host="s3cret"}]', "network.mitm_hooks=…"],
  ['network={rules={a={query={b="s3cret"}}}}', "network=…"],
  [`${HOOK}=`, `${HOOK}=`],
  [`${HOOK}=https://h.test/`, `${HOOK}=https://h.test/`],
  [`${HOOK}="https://h.test:8443/T0/s3cret?x=1"`, `${HOOK}=https://h.test:8443/…`],
  [`${HOOK}=https://u:s3cret@h.test/`, `${HOOK}=https://…@h.test/`],
  [`${HOOK}=http://h.test/s3cret`, `${HOOK}=…`],
  ["network.webhook=https://h.test/s3cret", "network.webhook=https://h.test/…"],
  ['network={ask_webhook="https://h.test/s3cret"}', "network=…"],
  ["network.decider.url=https://u:s3cret@h.test/x", "network.decider.url=https://…@h.test/…"],
  ['network.decider.command=["x","s3cret"]', "network.decider.command=…"],
  ['network={decider={url="https://h.test/s3cret"}}', "network=…"],
  ["otel.exporter=", "otel.exporter="],
  ['otel.exporter.otlp-http.headers.x="s3cret"', "otel.exporter.otlp-http.headers.x=…"],
  [
    "otel.exporter.otlp-http.endpoint=https://h.test/s3cret",
    "otel.exporter.otlp-http.endpoint=…",
  ],
  [
    "otel.exporter.otlp-http.headers.upstream_proxy=http://h.test:1",
    "otel.exporter.otlp-http.headers.upstream_proxy=…",
  ],
  ['otel={exporter={otlp-http={headers={x="s3cret"}}}}', "otel=…"],
  ['otl={exporter={otlp-http={headers={x="s3cret"}}}}', "otl=…"],
  ['trace_exporter={otlp-http={headers={x="s3cret"}}}', "trace_exporter=…"],
  ["otel.exporter.otlp-http.headers.x:s3cret", "…"],
  ['network.allowed_domains=["otel.test"]', 'network.allowed_domains=["otel.test"]'],
];

for (const [flag, expected] of PRINTED) {
  Deno.test(`printableOverride() prints ${flag} as ${expected}`, () => {
    assertEquals(printableOverride(flag), expected);
    // A message may go through more than one hand.
    assertEquals(printableOverride(expected), expected);
  });
}

Deno.test("setsUpstreamProxy() knows the key, and what was meant to be it", () => {
  const flags = [`${KEY}=x`, ` ${KEY} =x`, "network.upstrem_proxy=x", "upstream-proxy=x"];
  assertEquals(flags.map(setsUpstreamProxy), [true, true, true, true]);
  const others = [KEY, "network.allow_upstream_proxy=true", "a=network.upstream_proxy=x"];
  assertEquals(others.map(setsUpstreamProxy), [false, false, false]);
});

Deno.test("isUpstreamKey() tells it from its neighbours", () => {
  const keys = ["upstream_proxy", "upstream", "allow_upstream_proxy", "proxy_url"];
  assertEquals(keys.map(isUpstreamKey), [true, false, false, false]);
});

Deno.test("setsSecretUrl() knows the keys whose URL may be a secret", () => {
  const flags = [`${KEY}=x`, `${HOOK}=x`, "network.ask_webhok=x", "network.askWebhook=x"];
  assertEquals(flags.map(setsSecretUrl), [true, true, true, true]);
  assertEquals(setsSecretUrl("network.decider.url=x"), true);
  assertEquals([HOOK, "network.ask=true", `a=${HOOK}=x`].map(setsSecretUrl), [false, false, false]);
});

Deno.test("isSecretKey() tells them from their neighbours", () => {
  const keys = ["upstream_proxy", "ask_webhook", "webhook", "ask", "proxy_url"];
  assertEquals(keys.map(isSecretKey), [true, true, true, false, false]);
});
