import { assertEquals } from "@std/assert";
import { clientAddress } from "../../../src/net/address/client_address.ts";
import { formatSocketAddress } from "../../../src/net/address/endpoint.ts";
import { ip } from "../../support/policy.ts";

Deno.test("clientAddress() is loopback for who listens everywhere, and keeps the port", () => {
  const table: Record<string, string> = {
    "0.0.0.0": "127.0.0.1:7",
    "::": "[::1]:7",
    "127.0.0.1": "127.0.0.1:7",
    "192.0.2.1": "192.0.2.1:7",
  };
  for (const [text, expected] of Object.entries(table)) {
    assertEquals(formatSocketAddress(clientAddress({ ip: ip(text), port: 7 })), expected);
  }
});
