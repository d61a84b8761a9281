import { assert, assertEquals } from "@std/assert";
import { isThisMachine, parseWebhookUrl, printableWebhook } from "../../src/config/webhook_url.ts";

/** What is written, and what may be shown of it. */
const TAKEN: readonly (readonly [string, string])[] = [
  ["https://hooks.test", "https://hooks.test/"],
  [" HTTPS://Hooks.Test:8443/ ", "https://hooks.test:8443/"],
  ["https://hooks.test/T0/s3cret", "https://hooks.test/…"],
  ["https://hooks.test/?key=s3cret", "https://hooks.test/…"],
  ["https://hooks.test/#s3cret", "https://hooks.test/…"],
  ["https://me:s3cret@hooks.test/", "https://…@hooks.test/"],
  ["https://s3cret@hooks.test/x", "https://…@hooks.test/…"],
  ["https://10.0.0.1/", "https://10.0.0.1/"],
  ["http://127.0.0.1:9/", "http://127.0.0.1:9/"],
  ["http://127.8.8.8:9/", "http://127.8.8.8:9/"],
  ["http://[::1]:9/x", "http://[::1]:9/…"],
  ["http://localhost./x", "http://localhost./…"],
];

for (const [text, shown] of TAKEN) {
  Deno.test(`parseWebhookUrl() takes ${text}, of which ${shown} is shown`, () => {
    const url = parseWebhookUrl(text);
    assert(url instanceof URL);
    assertEquals(printableWebhook(url), shown);
  });
}

const NO_URL = "it is no URL such as https://example.com/questions";
const NOT_HERE = "http is for this machine only (127.0.0.1, localhost): write https";

const REFUSED: readonly (readonly [string, string])[] = [
  ["hooks.test/s3cret", NO_URL],
  ["https:hooks.test/s3cret", NO_URL],
  ["https:///hooks.test/s3cret", NO_URL],
  ["https://hooks.test/s3 cret", NO_URL],
  ["https://hooks.test/s3\ncret", NO_URL],
  ["https:\\\\hooks.test\\s3cret", NO_URL],
  ["https://hooks.test:s3cret/", NO_URL],
  ["http://hooks.test/s3cret", NOT_HERE],
  ["http://localhost.hooks.test/s3cret", NOT_HERE],
  ["http://a.localhost/s3cret", NOT_HERE],
  ["http://0.0.0.0/s3cret", NOT_HERE],
  ["http://[::ffff:127.0.0.1]/s3cret", NOT_HERE],
  ["http://192.168.0.1/s3cret", NOT_HERE],
  ["ftp://hooks.test/s3cret", "only https, and http to this machine, are spoken"],
  [`https://hooks.test/${"s3cret".repeat(2000)}`, "it is longer than 8000 characters"],
];

for (const [text, why] of REFUSED) {
  Deno.test(`parseWebhookUrl() refuses ${JSON.stringify(text.slice(0, 60))}`, () => {
    assertEquals(parseWebhookUrl(text), { kind: "bad", why });
  });
}

Deno.test("parseWebhookUrl() takes 8000 characters, and not one more", () => {
  const base = "https://hooks.test/";
  assert(parseWebhookUrl(base.padEnd(8000, "x")) instanceof URL);
  assert(!(parseWebhookUrl(base.padEnd(8001, "x")) instanceof URL));
});

Deno.test("isThisMachine() believes loopback addresses and localhost, and no name that begins so", () => {
  const hosts = [
    "127.0.0.1",
    "[::1]",
    "localhost",
    "localhost.",
    "localhost.x.test",
    "10.0.0.1",
    "0.0.0.0",
  ];
  assertEquals(hosts.map(isThisMachine), [true, true, true, true, false, false, false]);
});
