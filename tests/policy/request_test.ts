import { assertEquals } from "@std/assert";
import { PROTOCOLS } from "../../src/policy/request.ts";
import { parseRulePattern } from "../../src/policy/rule_pattern.ts";
import { connectTo, httpTo } from "../support/policy.ts";

Deno.test("PROTOCOLS are those by which a request comes in, and a rule can name each", () => {
  const tunnels = (["https_connect", "socks5_tcp", "socks5_udp"] as const).map((protocol) =>
    connectTo("a.test", protocol)
  );
  const requests = [httpTo("a.test"), ...tunnels];
  assertEquals(requests.map(({ protocol }) => protocol), [...PROTOCOLS]);
  for (const protocol of PROTOCOLS) {
    const read = parseRulePattern(`a.test over ${protocol}`);
    assertEquals(read.kind === "rule_pattern" && read.protocol, protocol);
  }
});
