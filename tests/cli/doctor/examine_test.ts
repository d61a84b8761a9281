import { assertEquals } from "@std/assert";
import type { Check } from "../../../src/cli/doctor/check.ts";
import { CHECK_MS, examine } from "../../../src/cli/doctor/examine.ts";
import { ok } from "../../../src/cli/doctor/finding.ts";
import { type FakeSurroundings, settle } from "../fake_surroundings.ts";
import { makeSituation } from "./make_situation.ts";

const well: Check = { name: "well", run: () => Promise.resolve([ok("it", "is well")]) };
const broken: Check = { name: "broken", run: () => Promise.reject(new TypeError("no such thing")) };
const hanging: Check = { name: "hanging", run: () => new Promise(() => {}) };

Deno.test("examine() tells what each check found, one that broke among them", async () => {
  const situation = await makeSituation();
  const examined = await examine([broken, well], situation);
  situation.deadlines.stop();
  assertEquals(examined.map(({ name, isBroken }) => [name, isBroken]), [
    ["broken", true],
    ["well", false],
  ]);
  const [[thrown], [fine]] = examined.map(({ findings }) => findings) as never as [
    [{ level: string; found: string }],
    [unknown],
  ];
  assertEquals([thrown.level, thrown.found], ["fault", "this check broke: no such thing"]);
  assertEquals(fine, ok("it", "is well"));
});

Deno.test("examine() gives a check up whose time is over, and is done with the others", async () => {
  const situation = await makeSituation();
  const { clock } = situation.here as FakeSurroundings;
  const examining = examine([hanging, well], situation);
  await settle();
  await clock.advance(CHECK_MS + 1000);
  const [late, fine] = await examining;
  situation.deadlines.stop();
  assertEquals([late?.isBroken, late?.findings[0]?.level], [false, "warning"]);
  assertEquals(fine?.findings.length, 1);
});
