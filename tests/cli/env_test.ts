import { assertEquals } from "@std/assert";
import { cli } from "../../src/cli/cli.ts";
import { proxyVariables } from "../../src/library/env/proxy_variables.ts";
import { parseIp } from "../../src/net/address/ip.ts";
import { fakeSurroundings } from "./fake_surroundings.ts";

const IP = parseIp("127.0.0.1")!;
const FACTS = {
  listener: { ip: IP, port: 3128 },
  allProxy: { ip: IP, port: 8081 },
  allowLocalBinding: true,
};

Deno.test("env prints a line a variable for the shell of this environment", async () => {
  const here = fakeSurroundings({ env: { SHELL: "/usr/bin/fish" } });
  assertEquals(await cli(["env"], here), 0);
  const lines = here.printed().out.trimEnd().split("\n");
  assertEquals(lines[0], "set -gx HTTP_PROXY http://127.0.0.1:3128");
  assertEquals(lines.length, Object.keys(proxyVariables(FACTS)).length);
});

Deno.test("env --shell prints for another shell", async () => {
  const here = fakeSurroundings({ env: { SHELL: "/usr/bin/fish" } });
  await cli(["env", "--shell", "powershell"], here);
  assertEquals(here.printed().out.split("\n")[0], "$env:HTTP_PROXY = 'http://127.0.0.1:3128'");
});

Deno.test("env --json prints an object", async () => {
  const here = fakeSurroundings();
  assertEquals(await cli(["env", "--json"], here), 0);
  assertEquals(JSON.parse(here.printed().out), proxyVariables(FACTS));
});

Deno.test("env follows the configured listener", async () => {
  const here = fakeSurroundings();
  await cli(["env", "-c", "network.proxy_url=http://127.0.0.1:8888"], here);
  assertEquals(here.printed().out.split("\n")[0], "export HTTP_PROXY=http://127.0.0.1:8888");
});

Deno.test("env does not invent a port that only the running proxy knows", async () => {
  const here = fakeSurroundings();
  assertEquals(await cli(["env", "-c", "network.proxy_url=http://127.0.0.1:0"], here), 125);
  assertEquals(here.printed().out, "");
});

/** Flags, and what `ALL_PROXY` names. */
const ALL_PROXY: readonly (readonly [readonly string[], string])[] = [
  [[], "socks5h://127.0.0.1:8081"],
  [["network.socks_url=socks5h://[::1]:99"], "socks5h://[::1]:99"],
  [["network.socks_url=http://127.0.0.1:3128"], "socks5h://127.0.0.1:3128"],
  [["network.enable_socks5=false"], "http://127.0.0.1:3128"],
  // Only the running proxy knows that port.
  [["network.socks_url=http://127.0.0.1:0"], "http://127.0.0.1:3128"],
  // Unwritten, `all_proxy` is about the children of `run` alone.
  [["network.all_proxy=http"], "http://127.0.0.1:3128"],
  [["network.all_proxy=socks5h"], "socks5h://127.0.0.1:8081"],
];

for (const [flags, expected] of ALL_PROXY) {
  Deno.test(`env with ${flags} names ${expected} for everything else`, async () => {
    const here = fakeSurroundings();
    const words = ["env", "--json", ...flags.flatMap((flag) => ["-c", flag])];
    assertEquals(await cli(words, here), 0);
    const { ALL_PROXY, all_proxy, FTP_PROXY } = JSON.parse(here.printed().out);
    assertEquals([ALL_PROXY, all_proxy], [expected, expected]);
    assertEquals(FTP_PROXY, "http://127.0.0.1:3128");
  });
}
