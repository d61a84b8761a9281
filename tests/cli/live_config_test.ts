import { assertEquals } from "@std/assert";
import { liveConfig } from "../../src/cli/live_config.ts";
import { loadConfig } from "../../src/config/config.ts";
import { makeLive } from "../support/live_policy.ts";
import { makeScratch } from "../support/scratch.ts";

Deno.test("liveConfig() reads the same file and flags again, and writes rules into that file", async () => {
  await using scratch = await makeScratch();
  using base = makeLive();
  await scratch.configure('[network]\nallowed_domains = ["a.test"]\n');
  const source = { homeFile: scratch.configFile, overrides: [], allow: ["flag.test"], deny: [] };
  const told: string[] = [];
  const { clock } = base;
  const proxy = { policy: base.live, feed: base.feed };
  const live = liveConfig(await loadConfig(source), source, proxy, { clock }, (line) => {
    told.push(line);
  });
  await live.persist("allow", "b.test");
  const { rules, enabled } = base.live.current.document;
  // What is not written is on: somebody started it.
  assertEquals([rules.map(({ text }) => text), enabled], [["a.test", "b.test", "flag.test"], true]);
  assertEquals(told.length, 1);
  assertEquals(
    (await Deno.readTextFile(scratch.configFile)).includes('["a.test", "b.test"]'),
    true,
  );
});

Deno.test("liveConfig() reads again what it is told to read", async () => {
  using base = makeLive();
  const source = { overrides: [], allow: ["a.test"], deny: [] };
  const config = await loadConfig(source);
  const other = () => loadConfig({ ...source, allow: ["b.test"] });
  const proxy = { policy: base.live, feed: base.feed };
  const live = liveConfig(config, source, proxy, { clock: base.clock }, () => {}, other);
  await live.reload();
  assertEquals(base.live.current.document.rules.map(({ text }) => text), ["b.test"]);
});
