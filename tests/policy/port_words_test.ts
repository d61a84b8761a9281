import { assertEquals } from "@std/assert";
import { formatReach } from "../../src/policy/port_words.ts";
import { rule } from "../support/policy.ts";

function words(...ports: number[]): string {
  return formatReach(ports.map((port) => rule("allow", `example.com:${port}`)));
}

Deno.test("formatReach() lists ports in order, each once", () => {
  assertEquals(words(443), "on port 443 only");
  assertEquals(words(443, 443), "on port 443 only");
  assertEquals(words(8443, 443), "on ports 443 and 8443 only");
  assertEquals(words(8443, 80, 443), "on ports 80, 443 and 8443 only");
  assertEquals(formatReach([rule("allow", "a.b"), rule("allow", "a.b:1")]), "on port 1 only");
});

Deno.test("formatReach() shows eight ports and counts the rest", () => {
  assertEquals(words(1, 2, 3, 4, 5, 6, 7, 8), "on ports 1, 2, 3, 4, 5, 6, 7 and 8 only");
  assertEquals(words(1, 2, 3, 4, 5, 6, 7, 8, 9), "on ports 1, 2, 3, 4, 5, 6, 7, 8 and 1 more only");
});

Deno.test("formatReach() tells of protocols where every rule holds for some only", () => {
  const tunnel = rule("allow", "a.b:443 over https_connect");
  const plain = rule("allow", "a.b over http");
  assertEquals(formatReach([tunnel, plain]), "over https_connect, http only");
  assertEquals(formatReach([tunnel, rule("allow", "a.b:1")]), "on ports 1 and 443 only");
});
