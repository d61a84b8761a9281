import { assertEquals } from "@std/assert";
import { cli } from "../../src/cli/cli.ts";
import { proxyVariables } from "../../src/cli/shell/proxy_variables.ts";
import { parseIp } from "../../src/net/address/ip.ts";
import { fakeSurroundings } from "./fake_surroundings.ts";

const DEFAULT = { ip: parseIp("127.0.0.1")!, port: 3128 };

Deno.test("env prints a line a variable for the shell of this environment", async () => {
  const here = fakeSurroundings({ env: { SHELL: "/usr/bin/fish" } });
  assertEquals(await cli(["env"], here), 0);
  const lines = here.printed().out.trimEnd().split("\n");
  assertEquals(lines[0], "set -gx HTTP_PROXY http://127.0.0.1:3128");
  assertEquals(
    lines.length,
    Object.keys(proxyVariables({ listener: DEFAULT, allowLocalBinding: true })).length,
  );
});

Deno.test("env --shell prints for another shell", async () => {
  const here = fakeSurroundings({ env: { SHELL: "/usr/bin/fish" } });
  await cli(["env", "--shell", "powershell"], here);
  assertEquals(here.printed().out.split("\n")[0], "$env:HTTP_PROXY = 'http://127.0.0.1:3128'");
});

Deno.test("env --json prints an object", async () => {
  const here = fakeSurroundings();
  assertEquals(await cli(["env", "--json"], here), 0);
  assertEquals(
    JSON.parse(here.printed().out),
    proxyVariables({ listener: DEFAULT, allowLocalBinding: true }),
  );
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
