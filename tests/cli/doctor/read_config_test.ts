import { assert, assertEquals, assertRejects } from "@std/assert";
import { defaultConfig, inTime, READ_MS, readConfig } from "../../../src/cli/doctor/read_config.ts";
import { NOTHING_REQUIRED } from "../../../src/config/requirements/loaded_requirements.ts";
import { Deadlines } from "../../../src/net/time/deadlines.ts";
import { FakeClock } from "../../support/fake_clock.ts";
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

Deno.test("readConfig() tells every fault but those of requirements, which were read before", async () => {
  await using scratch = await makeScratch();
  await scratch.configure("[network]\nmod = 1\nvia = 2\n");
  const here = { ...outsideOf(scratch.env), cwd: () => scratch.folder };
  const flags = { ...NO_FLAGS, requirements: "http://policy.test/" };
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
  assertEquals(read.faults.map(({ origin }) => origin.file), ["."]);
});

Deno.test("inTime() does not wait for a disk that does not answer", async () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, reportError);
  const read = inTime(new Promise(() => {}), "/mnt/config.toml", deadlines);
  await clock.advance(READ_MS + 1000);
  const origin = { file: "/mnt/config.toml", line: null, column: null };
  assertEquals(await read, {
    kind: "faults",
    faults: [{ origin, message: "it cannot be read in time" }],
  });
  const broken = inTime(Promise.reject(new TypeError("a bug")), "f", deadlines);
  await assertRejects(() => broken, TypeError);
  deadlines.stop();
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
