import { formatSocketAddress } from "../../../src/net/address/endpoint.ts";
import { formatIp, LOOPBACK_IPV4, parseIp } from "../../../src/net/address/ip.ts";
import { parseListenUrl } from "../../../src/config/listen_url.ts";
import { expect, expectSame, expectSentence } from "../expect.ts";
import type { FuzzTarget } from "../target.ts";
import { anyHost, HOST_WORDS } from "./host_words.ts";

const DEFAULT_PORT = 3128;

/** `parseListenUrl`: where a listener stands. A name never moves it from this machine. */
export const LISTEN_URL: FuzzTarget = {
  name: "listen_url",
  kind: "text",
  words: [
    ...HOST_WORDS,
    "http://",
    "socks5h://",
    "http:/",
    "http//",
    "//",
    "me:secret@",
    "0.0.0.0",
    ":0",
    "/x",
  ],
  any(random) {
    const front = random.pick([
      "",
      "http://",
      "http://",
      "socks5h://",
      "http://me:pass@",
      "  http://",
    ]);
    const port = random.pick(["", ":0", ":3128", `:${random.below(70_000)}`]);
    return `${front}${anyHost(random)}${port}${random.pick(["", "", "/", "/x?y#z"])}`;
  },
  check(input) {
    const read = parseListenUrl(input, DEFAULT_PORT);
    if (read.kind === "bad") return expectSentence(read.why);
    const { address: { ip, port }, replacedName } = read;
    expect(Number.isInteger(port) && port >= 0 && port <= 65535, "a port is one");
    if (replacedName !== null) expectSame(ip, LOOPBACK_IPV4, "a name is loopback");
    const again = parseListenUrl(`http://${formatSocketAddress({ ip, port })}`, DEFAULT_PORT);
    expectSame(
      again,
      { kind: "listen", address: { ip, port }, replacedName: null },
      "printed and read",
    );
    const url = /^https?:\/\//.test(input) ? URL.parse(input) : null;
    const theirs = url && parseIp(url.hostname.replace(/^\[|\]$/g, ""));
    if (theirs !== null) expectSame(formatIp(ip), formatIp(theirs), "the address in a URL");
  },
};
