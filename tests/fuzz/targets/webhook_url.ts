import { parseEndpoint, signalUrl } from "../../../src/config/otel/otlp_endpoint.ts";
import {
  parseRequirementsUrl,
  printableUrl,
} from "../../../src/config/requirements/requirements_url.ts";
import {
  isThisMachine,
  parseWebhookUrl,
  printableWebhook,
} from "../../../src/config/webhook_url.ts";
import { expect, expectSame, expectSentence } from "../expect.ts";
import type { FuzzTarget } from "../target.ts";
import { anyHost, HOST_WORDS } from "./host_words.ts";

const SECRET = "s3cret";

/** The URLs that Doorward itself calls: questions, records and requirements. In the clear to this machine only. */
export const WEBHOOK_URL: FuzzTarget = {
  name: "webhook_url",
  kind: "text",
  words: [
    ...[
      "http://",
      "https://",
      "HTTPS://",
      "https:/",
      "https:",
      "ftp://",
      "//",
      "127.0.0.1",
      "localhost",
      "LOCALHOST.",
    ],
    ...[
      `/${SECRET}`,
      `?key=${SECRET}`,
      `#${SECRET}`,
      `u:${SECRET}@`,
      "/v1/logs",
      "\\",
      "/",
      "0x7f.1",
      ...HOST_WORDS,
    ],
  ],
  any(random) {
    const host = random.pick(["127.0.0.1", "localhost", "[::1]", anyHost(random), anyHost(random)]);
    const user = random.pick(["", "", "", `u:${SECRET}@`]);
    const path = random.pick(["", "/", `/${SECRET}`, `/x?k=${SECRET}`, "/v1/traces"]);
    return `${random.pick(["https", "http"])}://${user}${host}${random.pick(["", ":8443"])}${path}`;
  },
  check(input) {
    const hook = checkUrl(parseWebhookUrl(input));
    if (hook !== null) {
      expect(/^https?:\/\/(…@)?[^/?#@]+\/…?$/.test(printableWebhook(hook)), "no path is shown");
    }
    const collector = checkUrl(parseEndpoint(input));
    if (collector !== null) {
      expectSame(collector.username + collector.password, "", "a collector without credentials");
      const logs = signalUrl(collector, "logs");
      expectSame(
        [logs.host, logs.protocol],
        [collector.host, collector.protocol],
        "the same place",
      );
      expect(logs.pathname.endsWith("/v1/logs"), "the path of a signal");
    }
    const requirements = parseRequirementsUrl(input);
    if (!(requirements instanceof URL)) return expectSentence(requirements.why);
    expectSame(requirements.protocol, "https:", "requirements come over https");
    expect(!/[?#](?!…)/.test(printableUrl(requirements)), "no query is shown");
  },
};

function checkUrl(read: URL | { readonly why: string }): URL | null {
  if (!(read instanceof URL)) {
    expectSentence(read.why);
    expect(!read.why.includes(SECRET), "no fault has a secret in it");
    return null;
  }
  expect(
    read.protocol === "https:" || isThisMachine(read.hostname),
    "in the clear to this machine",
  );
  expectSame(new URL(read.href).href, read.href, "a URL read again");
  return read;
}
