import { assertEquals } from "@std/assert";
import type { TunnelRequest } from "../../src/policy/request.ts";
import { guardDatagrams, guardTunnel, type TunnelGuard } from "../../src/policy/tunnel_guard.ts";
import { connectTo } from "../support/policy.ts";

const FREE: TunnelGuard = { mode: "full", interception: false, isRuled: false, isWatched: false };

/** "inspect", "pass" or the reason and what is said. */
function answer(
  guard: Partial<TunnelGuard>,
  port: number,
  protocol: TunnelRequest["protocol"],
): string {
  const found = guardTunnel(connectTo(`a.test:${port}`, protocol), { ...FREE, ...guard });
  if (found === null) return "pass";
  return found === "inspect" ? found : `${found.reason}: ${found.detail}`;
}

const LIMITED = { mode: "limited" } as const;
const RULED = { isRuled: true };
const SEEN = { interception: true };
const WATCHED = { interception: true, isWatched: true };
const SOCKS = "method_not_allowed: SOCKS5 does not say what it carries";

const TABLE:
  readonly (readonly [Partial<TunnelGuard>, number, TunnelRequest["protocol"], string])[] = [
    [{}, 443, "https_connect", "pass"],
    [SEEN, 443, "https_connect", "pass"],
    [{}, 53, "socks5_udp", "pass"],
    [
      LIMITED,
      443,
      "https_connect",
      "mitm_required: limited mode is read-only, and interception is off",
    ],
    [
      RULED,
      8443,
      "https_connect",
      "mitm_required: there are request rules for this host, and interception is off",
    ],
    [{ ...LIMITED, ...SEEN }, 443, "https_connect", "inspect"],
    [{ ...RULED, ...SEEN }, 8443, "https_connect", "inspect"],
    // What a tunnel to port 80 carries is there to be seen.
    [LIMITED, 80, "https_connect", "inspect"],
    [RULED, 80, "https_connect", "inspect"],
    [{ ...LIMITED, ...SEEN }, 443, "socks5_tcp", "inspect"],
    [{ ...LIMITED, ...SEEN }, 22, "socks5_tcp", SOCKS],
    [LIMITED, 443, "socks5_tcp", SOCKS],
    [{ ...RULED, ...SEEN }, 443, "socks5_tcp", "inspect"],
    [
      { ...RULED, ...SEEN },
      22,
      "socks5_tcp",
      "mitm_required: there are request rules for this host, and SOCKS5 is looked into on 443 only",
    ],
    [
      RULED,
      443,
      "socks5_tcp",
      "mitm_required: there are request rules for this host, and interception is off",
    ],
    [{ ...LIMITED, ...SEEN }, 443, "socks5_udp", SOCKS],
    [
      { ...RULED, ...SEEN },
      443,
      "socks5_udp",
      "mitm_required: there are request rules for this host, and datagrams are not looked into",
    ],
    // Nothing needs the look: what is hardly HTTP passes as it is.
    [WATCHED, 443, "https_connect", "inspect"],
    [WATCHED, 80, "https_connect", "inspect"],
    [WATCHED, 443, "socks5_tcp", "inspect"],
    [WATCHED, 22, "https_connect", "pass"],
    [WATCHED, 80, "socks5_tcp", "pass"],
    [WATCHED, 443, "socks5_udp", "pass"],
    [{ isWatched: true }, 443, "https_connect", "pass"],
  ];

for (const [guard, port, protocol, expected] of TABLE) {
  Deno.test(`guardTunnel() under ${JSON.stringify(guard)} answers ${protocol} to ${port}`, () => {
    assertEquals(answer(guard, port, protocol), expected);
  });
}

Deno.test("guardDatagrams() lets none pass in limited mode", () => {
  assertEquals(guardDatagrams("full"), null);
  assertEquals(guardDatagrams("limited")?.reason, "method_not_allowed");
});
