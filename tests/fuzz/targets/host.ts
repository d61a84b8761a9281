import { parseHost } from "../../../src/net/address/host.ts";
import { expect, expectSame, expectSentence } from "../expect.ts";
import type { FuzzTarget } from "../target.ts";
import { anyHost, HOST_WORDS } from "./host_words.ts";
import { expectPrintable, expectSameHost } from "./url_reading.ts";

/** RFC 1035 section 2.3.4, and what is printed of it: no dot at its end, no empty label. */
const NAME = /^(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/;

/** `parseHost`: what names one host, and the same one to everybody. */
export const HOST: FuzzTarget = {
  name: "host",
  kind: "text",
  words: HOST_WORDS,
  any: anyHost,
  check(input) {
    const host = parseHost(input);
    if (host.kind === "bad") return expectSentence(host.why);
    expectPrintable(host);
    expectSame(parseHost(input.toUpperCase()), host, "the host in capitals");
    if (host.kind === "name") expect(NAME.test(host.name), "a name is made of labels");
    const url = URL.parse(`http://${input}/`);
    expect(url !== null, "URL takes whatever is a host");
    expectSameHost(url.hostname, host);
  },
};
