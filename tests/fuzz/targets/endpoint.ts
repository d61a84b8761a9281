import { formatEndpoint, parseEndpoint, parsePort } from "../../../src/net/address/endpoint.ts";
import { expect, expectSame, expectSentence } from "../expect.ts";
import type { FuzzTarget } from "../target.ts";
import { anyHost, HOST_WORDS } from "./host_words.ts";
import { expectPrintable, expectSameInUrl } from "./url_reading.ts";

const DEFAULT_PORT = 80;

/** `parseEndpoint` and `parsePort`: the host and the port that a URL of the same text has. */
export const ENDPOINT: FuzzTarget = {
  name: "endpoint",
  kind: "text",
  words: [...HOST_WORDS, ":443", ":1", ":65535", ":", "9".repeat(40), "0", "8"],
  any: (random) =>
    `${anyHost(random)}:${
      random.pick([80, 443, random.below(65_535) + 1, random.below(70_000), "080", ""])
    }`,
  check(input) {
    checkPort(input.slice(input.lastIndexOf(":") + 1));
    const strict = parseEndpoint(input, null);
    const lenient = parseEndpoint(input, DEFAULT_PORT);
    if ("kind" in lenient) {
      expectSentence(lenient.why);
      return expect("kind" in strict, "a port that may be left out refuses no more");
    }
    if (!("kind" in strict)) expectSame(strict, lenient, "the endpoint with its port");
    expectPrintable(lenient.host);
    expectSame(parseEndpoint(formatEndpoint(lenient), null), lenient, "printed and read");
    expectSameInUrl(input, lenient);
  },
};

function checkPort(text: string): void {
  const port = parsePort(text);
  const isPort = /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65535;
  if (typeof port !== "number") expectSentence(port.why);
  expectSame(typeof port === "number" ? port : null, isPort ? Number(text) : null, "the port");
}
