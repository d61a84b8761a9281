import { assertEquals } from "@std/assert";
import {
  banner,
  type BannerFacts,
  isFirstRun,
  policySummary,
} from "../../../src/cli/printed/banner.ts";
import { VERSION } from "../../../src/library/version.ts";
import { type Config, type ConfigSource, loadConfig } from "../../../src/config/config.ts";
import { plainText } from "../../support/plain_text.ts";
import { parseIp } from "../../../src/net/address/ip.ts";

async function bannerOf(source: Partial<ConfigSource>, facts: Partial<BannerFacts> = {}) {
  const config = await loadConfig({ overrides: [], allow: [], deny: [], ...source });
  const lines = banner(factsOf(config, facts));
  return lines.map(plainText);
}

function factsOf(config: Config, facts: Partial<BannerFacts>): BannerFacts {
  return {
    config,
    policy: config.policy,
    listener: { ip: parseIp("127.0.0.1")!, port: 3128 },
    socks: null,
    admin: { ip: parseIp("127.0.0.1")!, port: 8080 },
    dashboardLink: null,
    shell: "sh",
    envCommand: "doorward env",
    homeFile: "/home/me/config.toml",
    ...facts,
  };
}

const ADMIN = "  admin   http://127.0.0.1:8080 (doorward dashboard prints a link that opens it)";

Deno.test("banner() tells a newcomer everything in six lines", async () => {
  assertEquals(await bannerOf({}), [
    `doorward ${VERSION} listening on http://127.0.0.1:3128, mode full`,
    ADMIN,
    "  policy  built-in: 0 allow rules, 0 deny rules, asks about what is not listed",
    '  use it  eval "$(doorward env)"',
    "  nothing is allowed yet; to allow a host: doorward start --allow HOST",
    '      or  allowed_domains = ["HOST"] under [network] in /home/me/config.toml',
  ]);
});

Deno.test("banner() says no more than needed once there are rules", async () => {
  const source = {
    allow: ["a.test"],
    deny: ["b.test", "c.test"],
    overrides: ["network.ask=false"],
  };
  assertEquals((await bannerOf(source)).slice(1), [
    ADMIN,
    "  policy  built-in and the command line: " +
    "1 allow rule, 2 deny rules, denies what is not listed",
    '  use it  eval "$(doorward env)"',
  ]);
});

Deno.test("banner() does not name a command that could not know the port", async () => {
  const lines = await bannerOf({ allow: ["a.test"] }, { envCommand: null, shell: "powershell" });
  assertEquals(lines.slice(3), [
    "  use it  $env:http_proxy = 'http://127.0.0.1:3128'; " +
    "$env:https_proxy = 'http://127.0.0.1:3128'",
  ]);
});

Deno.test("banner() tells where SOCKS5 is spoken, below where HTTP is", async () => {
  const lines = await bannerOf({ allow: ["a.test"] }, {
    socks: { ip: parseIp("::1")!, port: 8081 },
  });
  assertEquals(lines[1], "  socks   socks5h://[::1]:8081");
});

Deno.test("banner() does not let anybody hope for SOCKS5 in limited mode", async () => {
  const socks = { ip: parseIp("127.0.0.1")!, port: 8081 };
  const lines = await bannerOf({ overrides: ["network.mode=limited"] }, { socks });
  assertEquals(lines[1], "  socks   socks5h://127.0.0.1:8081, all of which limited mode blocks");
});

Deno.test("banner() shows at a terminal the link that opens the dashboard", async () => {
  const lines = await bannerOf({}, { dashboardLink: "http://127.0.0.1:8080/#code=abc" });
  assertEquals(lines[1], "  admin   this link works once: http://127.0.0.1:8080/#code=abc");
});

Deno.test("banner() names an admin API that listens for all by an address one can go to", async () => {
  const lines = await bannerOf({}, { admin: { ip: parseIp("0.0.0.0")!, port: 81 } });
  assertEquals(
    lines[1],
    "  admin   http://127.0.0.1:81 (doorward dashboard prints a link that opens it)",
  );
});

Deno.test("policySummary() says what becomes of the rest", async () => {
  const summary = async (...overrides: string[]) =>
    policySummary((await loadConfig({ overrides, allow: [], deny: [] })).policy);
  assertEquals(
    await summary("network.dangerously_allow_all_domains=true"),
    "0 allow rules, 0 deny rules, allows what is not denied",
  );
  assertEquals(
    await summary("network.ask=true", "network.mitm=true", 'network.rules={"a.test"="read"}'),
    "0 allow rules, 0 deny rules, 1 request rule, asks about what is not listed",
  );
  assertEquals(
    await summary("network.ask=true"),
    "0 allow rules, 0 deny rules, asks about what is not listed",
  );
  assertEquals(
    await summary("network.ask=false"),
    "0 allow rules, 0 deny rules, denies what is not listed",
  );
});

Deno.test("isFirstRun() is true of somebody at a terminal who has written nothing, and is asked", async () => {
  const isFirst = async (source: Partial<ConfigSource>, dashboardLink: string | null) => {
    const config = await loadConfig({ overrides: [], allow: [], deny: [], ...source });
    return isFirstRun(factsOf(config, { dashboardLink }));
  };
  const link = "http://127.0.0.1:8080/#code=abc";
  assertEquals(await isFirst({}, link), true);
  assertEquals(await isFirst({ deny: ["b.test"] }, link), true);
  assertEquals(await isFirst({}, null), false);
  assertEquals(await isFirst({ allow: ["a.test"] }, link), false);
  assertEquals(await isFirst({ overrides: ["network.ask=false"] }, link), false);
});
