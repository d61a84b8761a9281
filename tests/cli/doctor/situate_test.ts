import { assert, assertEquals } from "@std/assert";
import { situate } from "../../../src/cli/doctor/situate.ts";
import { Deadlines } from "../../../src/net/time/deadlines.ts";
import { NO_FLAGS } from "../../support/policy_flags.ts";
import { makeScratch } from "../../support/scratch.ts";
import { ScriptedStream } from "../../support/scripted_stream.ts";
import { fakeSurroundings, settle } from "../fake_surroundings.ts";
import { fakeInstruments } from "./make_situation.ts";

Deno.test("situate() goes on with the defaults where what is written has faults", async () => {
  await using scratch = await makeScratch();
  await scratch.configure('[network]\nproxy_url = "http://127.0.0.1:9"\nmod = 1\n');
  const here = fakeSurroundings({
    env: scratch.env,
    cwd: () => scratch.folder,
    instruments: () => Promise.resolve(fakeInstruments()),
  });
  const deadlines = new Deadlines(here.clock, reportError);
  const { read, config, home, shell, places } = await situate(NO_FLAGS, here, deadlines);
  assertEquals([read.kind, config.proxyAddress.port, shell], ["faults", 3128, "sh"]);
  assertEquals(home?.home, scratch.env["DOORWARD_HOME"]);
  assertEquals(await places.http, { kind: "free" });
  deadlines.stop();
});

Deno.test("situate() waits a moment for who has a port, and no longer", async () => {
  await using scratch = await makeScratch();
  await scratch.configure("[network]\nenable_socks5 = false\n");
  const stream = Object.assign(new ScriptedStream(), { read: () => new Promise<null>(() => {}) });
  const here = fakeSurroundings({
    env: scratch.env,
    cwd: () => scratch.folder,
    dial: () => Promise.resolve(stream),
    instruments: () => {
      const tryListen = () => new Deno.errors.AddrInUse();
      return Promise.resolve(fakeInstruments({}, { tryListen }));
    },
  });
  const deadlines = new Deadlines(here.clock, reportError);
  const { places } = await situate(NO_FLAGS, here, deadlines);
  await settle();
  await here.clock.advance(2000);
  assertEquals(await places.http, { kind: "taken", by: { kind: "silent" } });
  assertEquals([places.socks, (await places.admin).kind], [null, "taken"]);
  assert(stream.closed);
  deadlines.stop();
});
