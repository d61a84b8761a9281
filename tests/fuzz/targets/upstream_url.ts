import { formatEndpoint } from "../../../src/net/address/endpoint.ts";
import { parseUpstreamUrl } from "../../../src/config/upstream_url.ts";
import { expect, expectSame, expectSentence } from "../expect.ts";
import type { FuzzTarget } from "../target.ts";
import { anyHost, HOST_WORDS } from "./host_words.ts";
import { expectPrintable, expectSameHost } from "./url_reading.ts";

const SECRET = "s3cret";

/** `parseUpstreamUrl`: where another proxy is, and what never is said of its credentials. */
export const UPSTREAM_URL: FuzzTarget = {
  name: "upstream_url",
  kind: "text",
  words: [
    ...[
      "http://",
      "https://",
      "socks5://",
      "socks5h://",
      "ftp://",
      "://",
      "u:",
      `u:${SECRET}@`,
      "@",
      ":",
      "%40",
    ],
    ...["%", "%00", "%3a", "%c3%a9", "%ff", "/", "/x", "?", "#", "p@ss", ...HOST_WORDS],
  ],
  any(random) {
    const scheme = random.pick(["http://", "http://", "https://", "socks5://", "socks5h://", ""]);
    const user = random.pick(["", "", `u:${SECRET}@`, `u%3a:${SECRET}%40@`, `${SECRET}@`, ":@"]);
    return `${scheme}${user}${anyHost(random)}${random.pick(["", ":8080", ":0"])}${
      random.pick(["", "/", "/x"])
    }`;
  },
  check(input) {
    if (!input.isWellFormed()) return; // No document holds halves of characters.
    const read = parseUpstreamUrl(input);
    if (!("endpoint" in read)) {
      expectSentence(read.why);
      const [scheme = ""] = /^[^:/?#@]*:\/\//.exec(input.trim()) ?? [];
      const isSaid = read.why.includes(SECRET) && !scheme.toLowerCase().includes(SECRET);
      return expect(!isSaid, "no fault has a password in it");
    }
    const { kind, endpoint, credentials } = read;
    expectPrintable(endpoint.host);
    const again = parseUpstreamUrl(`${kind}://${userInfo(credentials)}${formatEndpoint(endpoint)}`);
    expectSame(again, read, "printed and read");
    if (credentials !== null) {
      const most = kind === "socks5" ? 255 : 4096;
      expect(new TextEncoder().encode(credentials.user).length <= most, "a user name fits");
      expect(new TextEncoder().encode(credentials.password).length <= most, "a password fits");
    }
    const text = input.trim();
    const url = URL.parse(/^[^:/?#@]*:\/\//.test(text) ? text : `http://${text}`);
    // URL reads a backslash as a slash; curl and we, as part of a user name, as in DOMAIN\user. And of the authority
    // of a scheme that it does not know it makes nothing at all.
    const isOne = url !== null && kind !== "socks5" && !text.includes("\\");
    if (isOne) expectSameHost(url.hostname, endpoint.host);
  },
};

function userInfo(
  credentials: { readonly user: string; readonly password: string } | null,
): string {
  if (credentials === null) return "";
  return `${encodeURIComponent(credentials.user)}:${encodeURIComponent(credentials.password)}@`;
}
