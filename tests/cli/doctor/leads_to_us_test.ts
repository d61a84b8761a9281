import { assertEquals } from "@std/assert";
import { leadsToUs } from "../../../src/cli/doctor/leads_to_us.ts";
import { ip } from "../../support/policy.ts";

const at = (port: number) => ({ ip: ip("127.0.0.1"), port });

Deno.test("leadsToUs() knows our listeners by any address of this machine, and in any spelling", () => {
  const config = { proxyAddress: at(3128), socksAddress: at(8081) };
  const ours = [
    "http://127.0.0.1:3128",
    "http://localhost:3128/",
    "127.0.0.1:3128",
    "http://codex-net-attempt-7@127.0.0.1:3128",
    "socks5h://127.0.0.1:8081",
    "http://[::1]:3128",
  ];
  assertEquals(ours.filter((text) => !leadsToUs(text, config)), []);
  const others = [
    "",
    "http://127.0.0.1:3129",
    "http://proxy.test:3128",
    "ftp://127.0.0.1:3128",
    "\x1b",
  ];
  assertEquals(others.filter((text) => leadsToUs(text, config)), []);
  assertEquals(leadsToUs("127.0.0.1:8081", { ...config, socksAddress: null }), false);
});
