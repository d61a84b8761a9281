import { assertEquals, assertMatch } from "@std/assert";
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
