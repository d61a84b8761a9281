import { assert, assertEquals } from "@std/assert";
import { parseEndpoint, signalUrl } from "../../../src/config/otel/otlp_endpoint.ts";

/** Endpoints, and where logs go. */
const TAKEN: readonly (readonly [string, string])[] = [
  ["http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/logs"],
  ["http://localhost:4318/", "http://localhost:4318/v1/logs"],
  ["http://[::1]:4318", "http://[::1]:4318/v1/logs"],
  [" https://collector.test ", "https://collector.test/v1/logs"],
  ["https://collector.test/v1/logs", "https://collector.test/v1/logs"],
  ["https://collector.test/v1/traces/", "https://collector.test/v1/logs"],
  ["https://collector.test/v1/metrics", "https://collector.test/v1/logs"],
  ["https://collector.test/otlp", "https://collector.test/otlp/v1/logs"],
  ["https://collector.test/otlp//", "https://collector.test/otlp/v1/logs"],
  ["https://collector.test/a/v1/traces?k=v", "https://collector.test/a/v1/logs?k=v"],
  ["https://collector.test/v1/logs/more", "https://collector.test/v1/logs/more/v1/logs"],
  ["https://collector.test/v1/log", "https://collector.test/v1/log/v1/logs"],
  ["https://collector.test/av1/logs", "https://collector.test/av1/logs/v1/logs"],
  ["https://collector.test/#part", "https://collector.test/v1/logs"],
];

for (const [text, expected] of TAKEN) {
  Deno.test(`signalUrl() of ${text} is ${expected}`, () => {
    const url = parseEndpoint(text);
    assert(url instanceof URL);
    const before = url.href;
    assertEquals(signalUrl(url, "logs").href, expected);
    assertEquals(
      signalUrl(url, "metrics").href,
      expected.replace(/\/v1\/logs(?=$|\?)/, "/v1/metrics"),
    );
    assertEquals(url.href, before);
  });
}

const NO_URL = "it is no URL such as https://collector.example.com:4318";
const NOT_HERE = "http is for this machine only (127.0.0.1, localhost): write https";
const USER = 'it has user information: write it as a header, "authorization"';

const REFUSED: readonly (readonly [string, string])[] = [
  ["", NO_URL],
  ["collector.test:4318", NO_URL],
  ["https:collector.test", NO_URL],
  ["https:///collector.test", NO_URL],
  ["https://collector.test/s3 cret", NO_URL],
  ["https:\\\\collector.test", NO_URL],
  ["https://collector.test:s3cret", NO_URL],
  ["ftp://collector.test", "only https, and http to this machine, are spoken"],
  ["unix:///run/s3cret", NO_URL],
  ["https://s3cret@collector.test", USER],
  ["https://:s3cret@collector.test", USER],
  ["http://collector.test/s3cret", NOT_HERE],
  ["http://10.0.0.1:4318", NOT_HERE],
  ["http://localhost.collector.test", NOT_HERE],
  [`https://collector.test/${"x".repeat(8000)}`, "it is longer than 8000 characters"],
];

for (const [text, why] of REFUSED) {
  Deno.test(`parseEndpoint() refuses ${text.slice(0, 60)}`, () => {
    assertEquals(parseEndpoint(text), { kind: "bad", why });
    assertEquals(why.includes("s3cret"), false);
  });
}
