import { assertEquals } from "@std/assert";
import { type BlockedByAddress, mayHideName } from "../../src/proxy/hidden_name.ts";

const HIDDEN: BlockedByAddress = {
  protocol: "socks5_tcp",
  host: "192.0.2.1",
  port: 443,
  reason: "not_allowed",
};

/** What differs from a client that looked a name up itself, and whether it may still be one. */
const TABLE: readonly (readonly [Partial<BlockedByAddress>, boolean])[] = [
  [{}, true],
  [{ protocol: "socks5" }, true],
  [{ host: "2001:db8::1" }, true],
  [{ port: 5353 }, true],
  [{ host: "a.test" }, false],
  [{ reason: "denied" }, false],
  [{ reason: "not_allowed_local" }, false],
  // A resolver is asked by its address: there is no name that could be sent in its place.
  [{ port: 53 }, false],
  [{ protocol: "socks5", port: 53 }, false],
  [{ protocol: "socks5_udp" }, false],
  [{ protocol: "socks5-udp" }, false],
  [{ protocol: "https_connect" }, false],
  [{ protocol: "http-connect" }, false],
  [{ protocol: "http" }, false],
];

for (const [part, expected] of TABLE) {
  Deno.test(`mayHideName() of ${JSON.stringify(part)} is ${expected}`, () => {
    assertEquals(mayHideName({ ...HIDDEN, ...part }), expected);
  });
}
