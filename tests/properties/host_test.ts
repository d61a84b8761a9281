import { assert, assertEquals, assertMatch } from "@std/assert";
import { formatEndpoint, parseEndpoint } from "../../src/net/address/endpoint.ts";
import { formatHost, parseHost } from "../../src/net/address/host.ts";
import { type Random, seededRandom } from "../support/random.ts";

const LABELS = [
  ...[
    "example",
    "com",
    "a",
    "A-b",
    "_dmarc",
    "x1",
    "localhost",
    "XN--Pple-43D",
    "xn--a",
    "r3---sn",
  ],
  ...[
    "1",
    "0x7f",
    "127",
    "010",
    "0",
    "-a",
    "a-",
    "",
    "a b",
    "a%62",
    "ⓔx",
    "faß",
    "a\tb",
    "x!y",
    "*",
  ],
  ...["a".repeat(63), "a".repeat(64)],
];

function anyHost(random: Random): string {
  const labels = Array.from({ length: 1 + random.below(4) }, () => random.pick(LABELS));
  const front = random.pick(["", "", "", "", "user@", " ", "[", "\x00"]);
  const back = random.pick([
    "",
    "",
    "",
    "",
    ".",
    "..",
    "/",
    "\\x",
    "#",
    "?",
    ":80",
    "]",
    " ",
    "。",
  ]);
  const whole = [
    ...["[::1]", "[::ffff:1.2.3.4]", "[fe80::1%lo]", "[1.2.3.4]", "1.2.3.4", "1.2.3.4."],
    ...["2130706433", "a.".repeat(130) + "a", "[::1]x"],
  ];
  return random.below(5) === 0 ? random.pick(whole) : front + labels.join(".") + back;
}

/** What a browser would go to, or null. */
function urlHost(text: string): string | null {
  return URL.parse(`http://${text}`)?.hostname ?? null;
}

Deno.test("parseHost() never throws, and says why in printable ASCII", () => {
  const random = seededRandom(1);
  for (let turn = 0; turn < 10_000; turn++) {
    const text = random.pick([anyHost(random), random.text("a.-_xn[]:%@\ud800é\0\n 1", 20)]);
    const host = parseHost(text);
    assertMatch(host.kind === "bad" ? host.why : formatHost(host), /^[ -~]+$/);
  }
});

Deno.test("parseHost() reads what it printed as the same host", () => {
  const random = seededRandom(2);
  for (let turn = 0; turn < 5000; turn++) {
    const host = parseHost(anyHost(random));
    const isIpv6 = host.kind === "ip" && host.ip.family === 6;
    const printed = host.kind === "bad" ? "example.com" : formatHost(host);
    const again = parseHost(isIpv6 ? `[${printed}]` : printed);
    assertEquals(again, host.kind === "bad" ? { kind: "name", name: "example.com" } : host);
  }
});

Deno.test("parseEndpoint() reads what formatEndpoint() printed as the same endpoint", () => {
  const random = seededRandom(3);
  for (let turn = 0; turn < 5000; turn++) {
    const text = `${anyHost(random)}:${random.pick(["80", "443", "0", "65536", "65535", "x", ""])}`;
    const endpoint = parseEndpoint(text, null);
    const printed = "kind" in endpoint ? "[::1]:1" : formatEndpoint(endpoint);
    const again = parseEndpoint(printed, null);
    assertEquals("kind" in again ? again : formatEndpoint(again), printed);
    assertEquals("kind" in endpoint ? again : endpoint, again);
  }
});

// Nobody behind us may read a host that we took as another one. The reverse is not so: URL mends a
// great deal that we refuse, and each sort of it stands here with the reason why.
const STRICTER: Readonly<Record<string, string>> = {
  "a label is empty": "URL keeps empty labels; no resolver has an answer for them",
  "a label begins with a hyphen":
    "no host name (RFC 1123 section 2.1), and an option to ssh and git",
  "a label ends with a hyphen": "no host name (RFC 1123 section 2.1)",
  "a label is longer than 63 bytes": "URL leaves lengths to the resolver",
  "the name is longer than 253 bytes": "URL leaves lengths to the resolver",
  "it has a space": "URL trims the ends",
  "it has a control character": "URL drops tabs and line ends",
  "it has a character outside ASCII: international names are written as A-labels, xn--":
    "URL maps it (UTS 46): what a person reads and what is dialled would differ",
  "percent-encoding and zone identifiers are not accepted": "URL decodes it",
  "user information is not accepted": "URL cuts it off, and what looks like the host is not",
  "it has a slash: a host has no path": "URL cuts it off",
  "it has a backslash": "URL reads it as a slash, others do not",
  "it has a number sign: a host has no fragment": "URL cuts it off",
  "it has a question mark: a host has no query": "URL cuts it off",
  "it has a colon: an IPv6 address goes in brackets": "URL reads a port",
  "it ends in a number but is not an IPv4 address of four plain decimal numbers":
    "URL folds octal, hexadecimal and short spellings, and a trailing dot, into an address",
  '"*" does not occur in host names': "URL takes any character that does not end the host",
  '"!" does not occur in host names': "URL takes any character that does not end the host",
};

Deno.test("parseHost() takes nothing that URL reads as another host", () => {
  const random = seededRandom(4);
  const seen = new Set<string | null>();
  for (let turn = 0; turn < 30_000; turn++) {
    const text = anyHost(random);
    const [ours, theirs] = [parseHost(text), urlHost(text)];
    switch (ours.kind) {
      case "bad": // by both, or for one of the reasons above
        assert(theirs === null || ours.why in STRICTER, `${JSON.stringify(text)} ${ours.why}`);
        seen.add(theirs === null ? null : ours.why);
        break;
      case "name": // URL keeps a trailing dot
        assertEquals(theirs?.replace(/\.$/, ""), ours.name, text);
        break;
      case "ip":
        assertEquals(parseHost(theirs!), ours, text);
    }
  }
  assertEquals(seen, new Set([null, ...Object.keys(STRICTER)]));
});
