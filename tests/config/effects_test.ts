import { assertEquals } from "@std/assert";
import { loadConfig } from "../../src/config/config.ts";
import { faultsOf, type Flags, load, noticesOf } from "./load.ts";

const EMPTY = "no host is allowed: every request will be blocked";
const ALL = "DANGEROUS: every host that is not denied is allowed";

/** A policy that reaches everything, or nothing, and what is said of it. */
const REACH: readonly (readonly [string | null, Flags, ...string[]])[] = [
  ["[network]\nallowed_domains = []", {}, `2:1 ${EMPTY}`],
  ["[network]\nask = true", {}],
  ['[network]\ndecider = { command = ["decide"] }', {}],
  ["[network]", { allow: ["a.test"] }],
  ["[network]\ndangerously_allow_all_domains = true", {}, `2:1 ${ALL}`],
  [null, { overrides: ["network.ask=false"] }, `built-in ${EMPTY}`],
  [
    null,
    { overrides: ["network.dangerously_allow_all_domains=true"] },
    `-c in "network.dangerously_allow_all_domains=true": ${ALL}`,
  ],
];

for (const [text, flags, ...expected] of REACH) {
  Deno.test(`noteEffects() of ${JSON.stringify([text, flags])}`, async () => {
    assertEquals(await noticesOf(text, flags), expected);
  });
}

/** Lines, and what is said of them and `ALL_PROXY`. */
const ALL_PROXY: readonly (readonly [string, ...string[]])[] = [
  ['all_proxy = "socks5h"'],
  ["enable_socks5 = false"],
  ['enable_socks5 = false\nall_proxy = "http"'],
  [
    'enable_socks5 = false\nall_proxy = "socks5h"',
    '4:13 "enable_socks5" is false: ALL_PROXY names the HTTP proxy',
  ],
];

for (const [lines, ...expected] of ALL_PROXY) {
  Deno.test(`noteEffects() of ${JSON.stringify(lines)}`, async () => {
    const text = `[network]\nallowed_domains = ["x.test"]\n${lines}\n`;
    const config = await load(text);
    assertEquals(await noticesOf(text), expected);
    assertEquals(config.socksAddress === null, lines.includes("enable_socks5 = false"));
  });
}

Deno.test("noteEffects() warns of an admin API that lets anybody loosen the policy", async () => {
  const load = async (auth: string) => {
    const config = await loadConfig({
      homeFile: "/nonexistent/config.toml",
      overrides: [`network.admin_auth=${auth}`],
      allow: [],
      deny: [],
    });
    return config.notices.filter(({ message }) => message.includes("token")).length;
  };
  assertEquals([await load("none"), await load("loosen"), await load("all")], [1, 0, 0]);
});

Deno.test('noteEffects() refuses ech = "deny" where nobody reads a handshake', async () => {
  assertEquals(await faultsOf("[network]\nech = 'deny'\nsni_binding = false"), [
    '2:7 "sni_binding" is false: nobody reads the handshakes that "ech" is about',
  ]);
});
