import { assertEquals } from "@std/assert";
import { blockedWords } from "../../../src/cli/learn/blocked_words.ts";

/** What was blocked, why, and what is said of it. */
const TABLE: readonly (readonly [string, number, string, string])[] = [
  ["127.0.0.1", 80, "not_allowed_local", "127.0.0.1:80: a loopback address"],
  ["10.0.0.1", 80, "not_allowed_local", "10.0.0.1:80: a private address"],
  ["169.254.169.254", 80, "not_allowed_local", "169.254.169.254:80: a cloud metadata address"],
  ["::1", 80, "not_allowed_local", "[::1]:80: a loopback address"],
  ["localhost", 80, "not_allowed_local", "localhost:80: a name for this machine"],
  ["a.localhost", 80, "not_allowed_local", "a.localhost:80: a name for this machine"],
  [
    "notlocalhost",
    80,
    "not_allowed_local",
    "notlocalhost:80: its name leads to a local, private or special address",
  ],
  ["a.test", 443, "denied", "a.test:443: a deny rule names it"],
  [
    "a.test",
    443,
    "not_tls",
    'a.test:443: not TLS inside the tunnel; "a.test:443 raw" would let it pass',
  ],
  // A client that asks to send datagrams, and not yet where.
  ["0.0.0.0", 0, "method_not_allowed", "0.0.0.0: limited mode only reads"],
  ["unix-socket", 0, "not_allowed", "a unix socket: not in allow_unix_sockets"],
];

for (const [host, port, reason, expected] of TABLE) {
  Deno.test(`blockedWords() of ${host} for ${reason}`, () => {
    assertEquals(blockedWords({ host, port }, reason, 1), `${expected} (1 time)`);
  });
}

Deno.test("blockedWords() counts", () => {
  const said = blockedWords({ host: "a.test", port: 1 }, "denied", 3);
  assertEquals(said, "a.test:1: a deny rule names it (3 times)");
});
