import { assertEquals } from "@std/assert";
import { clockCheck } from "../../../src/cli/doctor/clock_check.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { findingsOf, HOME, linesOf, makeSituation } from "./make_situation.ts";

const TODAY = "ok time: 2026-01-01T00:00:00.000Z";
const SET = "  set it: timedatectl set-ntp true";

Deno.test("a clock that can be believed is well", async () => {
  assertEquals(await linesOf(clockCheck), [TODAY]);
});

Deno.test("a clock from before this program is a fault", async () => {
  const situation = await makeSituation();
  const here = { ...situation.here, clock: new FakeClock(0) };
  const [found] = await findingsOf(clockCheck, { ...situation, here });
  assertEquals([found?.level, found?.found], [
    "fault",
    "it says 1970-01-01T00:00:00.000Z, which is before this program was written",
  ]);
});

Deno.test("what sets a clock is a command of the system, where one is known", async () => {
  const mends: string[] = [];
  for (const os of ["darwin", "windows", "freebsd"] as const) {
    const situation = await makeSituation();
    const here = { ...situation.here, os, clock: new FakeClock(0) };
    const [found] = await findingsOf(clockCheck, { ...situation, here });
    mends.push(...found?.mend ?? []);
  }
  assertEquals(mends, [
    "set it: sudo sntp -sS time.apple.com",
    "set it: w32tm /resync",
    "set it: see the manual of this system",
  ]);
});

Deno.test("a clock that is set while we look is a warning", async () => {
  const situation = await makeSituation();
  const { wall, monotonic } = situation.began;
  const began = { wall: wall - 60_000, monotonic };
  const [found] = await findingsOf(clockCheck, { ...situation, began });
  assertEquals([found?.level, found?.found], ["warning", "it was set by 60000 ms while we looked"]);
});

Deno.test("files from the future tell a clock that is behind", async () => {
  const file = `${HOME}/config.toml`;
  const changedAt = Date.UTC(2026, 0, 2);
  assertEquals(await linesOf(clockCheck, { files: { [file]: { changedAt } } }), [
    TODAY,
    `warning files: ${file} was changed later than that: the clock is behind`,
    SET,
  ]);
  const soon = Date.UTC(2026, 0, 1, 0, 4);
  assertEquals(await linesOf(clockCheck, { files: { [file]: { changedAt: soon } } }), [TODAY]);
});
