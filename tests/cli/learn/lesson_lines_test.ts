import { assertEquals, assertStringIncludes } from "@std/assert";
import { lessonLines, type Told } from "../../../src/cli/learn/lesson_lines.ts";
import type { ConfigSource } from "../../../src/config/config.ts";
import { learned, type Visit } from "../../support/learned.ts";

const TOLD: Told = {
  words: ["npm", "install"],
  code: 0,
  file: "learned.toml",
  mitm: false,
  shell: "sh",
};

async function lines(
  visits: readonly Visit[],
  told: Partial<Told> = {},
  change: Partial<ConfigSource> = {},
): Promise<readonly string[]> {
  const { lesson } = await learned(visits, change);
  return lessonLines(lesson, { ...TOLD, ...told }).map((line) =>
    line.map((part) => (typeof part === "string" ? part : part.text)).join("")
  );
}

const UNSEEN =
  "doorward: what HTTPS carried was not seen, and is not limited; -c network.mitm=true looks";

Deno.test("lessonLines() tells what was learned, and what to do with it", async () => {
  assertEquals(
    await lines([
      { host: "a.test" },
      { host: "me.github.io" },
      { host: "127.0.0.1", port: 80, blocked: "not_allowed_local" },
      { host: "down.test", outcome: "failed", down: 0 },
    ]),
    [
      "doorward: 2 places in 2 requests: the policy is in learned.toml",
      "  allowed  me.github.io:443  1 request  shared: anyone can get a name under github.io",
      "  allowed  a.test:443  1 request",
      "  blocked  127.0.0.1:80: a loopback address (1 time)",
      "doorward: not reached, and not allowed: 1 place",
      UNSEEN,
      "doorward: read it, then: doorward run --config learned.toml -- npm install",
    ],
  );
});

Deno.test("lessonLines() puts first what is new", async () => {
  const visits = [{ host: "a.test" }, { host: "b.test" }];
  const allow = ["a.test", "c.test", "d.test"];
  assertEquals((await lines(visits, { mitm: true }, { allow })).slice(1, 4), [
    "  new      b.test:443  1 request",
    "  known    a.test:443  1 request",
    "doorward: 2 allow rules were not needed, and left out",
  ]);
  assertEquals(
    (await lines(visits, { mitm: true }, { allow: allow.slice(0, 2) }))[3],
    "doorward: 1 allow rule was not needed, and left out",
  );
});

Deno.test("lessonLines() says where there is nothing to learn", async () => {
  assertEquals(await lines([]), [
    "doorward: nothing was learned: the policy is in learned.toml, and lets nothing through",
    "  the command asked for nothing, or does not honour proxy variables and goes past Doorward",
  ]);
  assertEquals(await lines([{ host: "10.0.0.1", blocked: "not_allowed_local" }], { file: null }), [
    "doorward: nothing that was asked for may pass: the policy is below",
    "  blocked  10.0.0.1:443: a private address (1 time)",
  ]);
  const [said] = await lines([{ host: "down.test", outcome: "failed", down: 0 }]);
  assertEquals(
    said,
    "doorward: nothing that was asked for was reached: the policy is in learned.toml",
  );
});

Deno.test("lessonLines() warns of what makes it incomplete", async () => {
  const many = Array.from({ length: 1001 }, (_, at) => ({ host: `h${at}.test` }));
  const said = (await lines(many, { code: 130, file: null })).join("\n");
  assertStringIncludes(said, "\n  allowed  h19.test:443  1 request\n  and 980 more\n");
  assertStringIncludes(
    said,
    "doorward: warning: the policy is incomplete: 1 request went to places beyond the first 1000\n",
  );
  assertStringIncludes(
    said,
    "doorward: warning: the command ended with 130: it may have asked for less than it needs",
  );
  assertEquals(said.includes("doorward run"), false);
});

Deno.test("lessonLines() tells of tunnels that nobody looked into", async () => {
  const says = async (visit: Visit, mitm = false) =>
    (await lines([visit], { mitm })).includes(UNSEEN);
  assertEquals(await says({ host: "a.test" }), true);
  assertEquals(await says({ host: "a.test", protocol: "socks5_tcp" }), true);
  assertEquals(await says({ host: "a.test" }, true), false);
  assertEquals(await says({ host: "a.test", protocol: "http" }), false);
  assertEquals(await says({ host: "a.test", protocol: "socks5_udp" }), false);
});

Deno.test("lessonLines() says that unix sockets are not learned", async () => {
  const said = await lines([{ host: "unix-socket", port: 0, protocol: "http" }]);
  assertEquals(said, [
    "doorward: nothing but unix sockets was asked for: the policy is in learned.toml",
    "doorward: unix sockets are not learned, and kept as configured",
  ]);
});
