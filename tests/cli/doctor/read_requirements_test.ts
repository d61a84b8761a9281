import { assertEquals } from "@std/assert";
import { readRequirements } from "../../../src/cli/doctor/read_requirements.ts";
import { requirementsCache } from "../../../src/config/requirements/requirements_cache.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { makeScratch } from "../../support/scratch.ts";
import { outsideOf } from "../outside_of.ts";

const URL_TEXT = "https://policy.test/requirements.toml";
const NEVER = new AbortController().signal;
const LIMITED = '[experimental_network]\nmode = "limited"\n';

Deno.test("readRequirements() reads a file, and tells its faults", async () => {
  await using scratch = await makeScratch();
  const here = outsideOf(scratch.env);
  const good = await scratch.write("good.toml", LIMITED);
  const bad = await scratch.write("bad.toml", "[experimental_network]\nmode = 3\n");
  const { loaded, faults, kept } = await readRequirements(good, here, NEVER);
  assertEquals([loaded.sources, faults, kept], [[good], [], null]);
  const broken = await readRequirements(bad, here, NEVER);
  assertEquals(broken.faults.map(({ origin }) => origin.line), [2]);
  assertEquals(broken.loaded.sources, []);
});

Deno.test("readRequirements() asks no server: what was kept of its answer counts, while it is fresh", async () => {
  await using scratch = await makeScratch();
  const clock = new FakeClock();
  // Who dials or looks a name up in here fails.
  const here = { ...outsideOf(scratch.env), clock };
  const home = scratch.env["DOORWARD_HOME"]!;
  const document = { text: LIMITED, etag: null, fetchedAt: clock.now() };
  await requirementsCache(home, "linux").write(new URL(URL_TEXT), document);
  await clock.advance(10 * 60_000);
  const fresh = await readRequirements(URL_TEXT, here, NEVER);
  assertEquals(fresh.kept, { name: URL_TEXT, ageMs: 600_000, isValid: true, refused: null });
  assertEquals(fresh.loaded.sources, [URL_TEXT]);
  await clock.advance(60 * 60_000);
  const stale = await readRequirements(URL_TEXT, here, NEVER);
  assertEquals([stale.kept?.isValid, stale.loaded.sources, stale.faults], [false, [], []]);
});

Deno.test("readRequirements() writes nothing, though nothing is kept", async () => {
  await using scratch = await makeScratch();
  const home = scratch.env["DOORWARD_HOME"]!;
  const { kept } = await readRequirements(URL_TEXT, outsideOf(scratch.env), NEVER);
  assertEquals(kept, { name: URL_TEXT, ageMs: null, isValid: false, refused: null });
  assertEquals(await Array.fromAsync(Deno.readDir(home)), []);
});

Deno.test("readRequirements() tells why what is kept is not used", async () => {
  await using scratch = await makeScratch();
  const home = scratch.env["DOORWARD_HOME"]!;
  await Deno.writeTextFile(`${home}/requirements-cache.json`, "{}", { mode: 0o600 });
  const { kept } = await readRequirements(URL_TEXT, outsideOf(scratch.env), NEVER);
  assertEquals([kept?.ageMs, kept?.refused], [null, "it is not what Doorward writes"]);
});

Deno.test("readRequirements() tells of a URL that cannot be used", async () => {
  await using scratch = await makeScratch();
  const { faults, kept } = await readRequirements("http://a.test/", outsideOf(scratch.env), NEVER);
  assertEquals([faults.length, kept], [1, null]);
});
