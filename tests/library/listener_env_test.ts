import { assertEquals, assertThrows } from "@std/assert";
import { loadConfig } from "../../src/config/config.ts";
import { listenerEnv } from "../../src/library/listener_env.ts";
import { ip } from "../support/policy.ts";

const AT = {
  address: { ip: ip("127.0.0.1"), port: 3128 },
  socksAddress: { ip: ip("127.0.0.1"), port: 8081 },
};

async function facts(toml = "", attempt: string | null = null) {
  const text = { name: "config", toml: `[network]\n${toml}` };
  const config = await loadConfig({ text, overrides: [], allow: [], deny: [] });
  return { ...AT, config, trust: null, attempt };
}

Deno.test("a command is pointed at the listener, by HTTP unless the configuration says SOCKS", async () => {
  const plain = listenerEnv(await facts(), {});
  assertEquals([plain["HTTPS_PROXY"], plain["ALL_PROXY"]], [
    "http://127.0.0.1:3128",
    "http://127.0.0.1:3128",
  ]);
  const socks = listenerEnv(await facts('all_proxy = "socks5h"\n'), {});
  assertEquals(socks["ALL_PROXY"], "socks5h://127.0.0.1:8081");
});

Deno.test("a marked command goes by the HTTP proxy alone, which keeps the mark", async () => {
  const env = listenerEnv(await facts('all_proxy = "socks5h"\n', "attempt-123"), {});
  const url = "http://codex-net-attempt-attempt-123@127.0.0.1:3128";
  assertEquals([env["HTTP_PROXY"], env["ALL_PROXY"]], [url, url]);
});

Deno.test("a mark that no user name can hold is refused", async () => {
  for (const attempt of ["", "a b", "a:b", "ä", "x".repeat(129)]) {
    const of = await facts("", attempt);
    assertThrows(() => listenerEnv(of, {}), TypeError, "without a space or a colon");
  }
});

Deno.test("local addresses are reached directly while the configuration in force permits them", async () => {
  assertEquals(listenerEnv(await facts(), {})["NO_PROXY"], "localhost,127.0.0.1,::1");
  assertEquals(listenerEnv(await facts("allow_local_binding = false\n"), {})["NO_PROXY"], "");
});
