import { assertEquals, assertStringIncludes } from "@std/assert";
import { cli } from "../../../src/cli/cli.ts";
import type { Instruments } from "../../../src/cli/doctor/instruments.ts";
import { makeScratch, type Scratch } from "../../support/scratch.ts";
import { fakeSurroundings } from "../fake_surroundings.ts";
import { fakeInstruments } from "./make_situation.ts";

/** A machine on which all is well, but for what is said. */
function machine(scratch: Scratch, others: Partial<Instruments> = {}) {
  return fakeSurroundings({
    env: { DOORWARD_HOME: scratch.env["DOORWARD_HOME"]!, PATH: "" },
    cwd: () => scratch.folder,
    instruments: () => Promise.resolve(fakeInstruments({}, others)),
  });
}

Deno.test("doctor says yes where nothing is a fault, and nothing at all when it is to be quiet", async () => {
  await using scratch = await makeScratch();
  await scratch.configure("[network]\nenabled = true\nallowed_domains = ['*.a.test']\n");
  const here = machine(scratch);
  assertEquals(await cli(["doctor"], here), 0);
  assertStringIncludes(here.printed().out, " checks: 0 faults, 0 warnings\n");
  const quiet = machine(scratch);
  assertEquals([await cli(["doctor", "--quiet"], quiet), quiet.printed().out], [0, ""]);
});

Deno.test("doctor says no where something is a fault, in text and in JSON", async () => {
  await using scratch = await makeScratch();
  await scratch.configure("[network]\nmod = 1\n");
  const here = machine(scratch);
  assertEquals(await cli(["doctor", "-q"], here), 1);
  assertStringIncludes(
    here.printed().out,
    `FAULT    written: ${scratch.configFile}:2:1: unknown key`,
  );
  const json = machine(scratch);
  assertEquals(await cli(["doctor", "--json", "--quiet"], json), 1);
  const { ok, findings } = JSON.parse(json.printed().out);
  assertEquals(ok, false);
  assertEquals(findings[0].line, 2);
  assertEquals(new Set(findings.map(({ check }: { check: string }) => check)).size, 14);
});

Deno.test("doctor fails where a check broke, and tells what the others found", async () => {
  await using scratch = await makeScratch();
  const user = () => {
    throw new TypeError("no such call");
  };
  await scratch.configure("[network]\naudit_file = '/log/a'\n");
  const here = machine(scratch, {
    user,
    look: (path) => fakeInstruments({ "/log/a": "" }).look(path),
  });
  assertEquals(await cli(["doctor"], here), 125);
  const { out } = here.printed();
  assertStringIncludes(out, "FAULT    resources: this check broke: no such call\n");
  assertStringIncludes(out, "ok       http: 127.0.0.1:3128 is free\n");
});

Deno.test("doctor prints nothing that steers a terminal", async () => {
  await using scratch = await makeScratch();
  const folder = `${scratch.folder}/\x1b[2J\n\u202e`;
  const here = fakeSurroundings({
    env: { DOORWARD_HOME: folder, PATH: folder, NO_PROXY: "\x1b]0;x\x07", http_proxy: "\x9b" },
    cwd: () => scratch.folder,
    instruments: () => Promise.resolve(fakeInstruments({ [folder]: "no folder" })),
  });
  assertEquals(await cli(["doctor"], here), 1);
  assertEquals(/[\p{Cc}\p{Cf}]/u.test(here.printed().out.replaceAll("\n", "")), false);
});

Deno.test("doctor takes no operand", async () => {
  await using scratch = await makeScratch();
  assertEquals(await cli(["doctor", "ports"], machine(scratch)), 2);
});
