import { assert, assertEquals } from "@std/assert";
import { defaultConfig, readConfig } from "../../../src/cli/doctor/read_config.ts";
import { NOTHING_REQUIRED } from "../../../src/config/requirements/loaded_requirements.ts";
import { NO_FLAGS } from "../../support/policy_flags.ts";
import { makeScratch } from "../../support/scratch.ts";
import { outsideOf } from "../outside_of.ts";

Deno.test("readConfig() reads what start would read", async () => {
  await using scratch = await makeScratch();
  await scratch.configure('[network]\nmode = "limited"\n');
  const here = { ...outsideOf(scratch.env), cwd: () => scratch.folder };
  const read = await readConfig(NO_FLAGS, NOTHING_REQUIRED, here);
  assert(read.kind === "config");
  assertEquals(read.config.network.mode, "limited");
});

Deno.test("readConfig() tells every fault, and fetches no requirements", async () => {
  await using scratch = await makeScratch();
  await scratch.configure("[network]\nmod = 1\nvia = 2\n");
  const here = { ...outsideOf(scratch.env), cwd: () => scratch.folder };
  const flags = { ...NO_FLAGS, requirements: "https://policy.test/" };
  const read = await readConfig(flags, NOTHING_REQUIRED, here);
  assert(read.kind === "faults");
  assertEquals(read.faults.map(({ origin }) => origin.line), [2, 3]);
});

Deno.test("readConfig() tells of a current folder that is gone", async () => {
  await using scratch = await makeScratch();
  const gone = () => {
    throw new Deno.errors.NotFound();
  };
  const here = { ...outsideOf(scratch.env), cwd: gone };
  const read = await readConfig(NO_FLAGS, NOTHING_REQUIRED, here);
  assert(read.kind === "faults");
  assertEquals(read.faults.map(({ origin }) => origin.file), ["the current folder"]);
});

Deno.test("defaultConfig() is what holds where nothing is written, but for the flags", async () => {
  const { network, authorityFiles } = await defaultConfig(NO_FLAGS, "/home/you/doorward");
  assertEquals([network.ask, network.proxy_url], [true, "http://127.0.0.1:3128"]);
  assertEquals(authorityFiles?.bundleFolder, "/home/you/doorward/proxy");
  const good = { ...NO_FLAGS, overrides: ["network.mode=limited"] };
  assertEquals((await defaultConfig(good, null)).network.mode, "limited");
  const bad = { ...NO_FLAGS, overrides: ["network.mode=limited", "network.mod=1"] };
  assertEquals((await defaultConfig(bad, null)).network.mode, "full");
});
