import { assertEquals } from "@std/assert";
import { Deadlines } from "../../../src/net/time/deadlines.ts";
import { Watch } from "../../../src/net/time/watch.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { turn } from "../../support/in_time.ts";

interface World {
  readonly watch: Watch;
  readonly expired: string[];
  readonly log: (what: string) => () => void;
  readonly pass: (ms: number) => Promise<void>;
  readonly stop: () => void;
}

/** A watch with the limit `first` of one second. */
function world(): World {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock, reportError);
  const expired: string[] = [];
  const log = (what: string) => () => void expired.push(what);
  const watch = new Watch(deadlines, 1000, log("first"));
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await turn();
  };
  return { watch, expired, log, pass, stop: () => deadlines.stop() };
}

Deno.test("a Watch ends the limit it was made with", async () => {
  const { expired, pass } = world();
  await pass(999);
  assertEquals(expired, []);
  await pass(251);
  assertEquals(expired, ["first"]);
});

Deno.test("touch() starts the present limit again", async () => {
  const { watch, expired, log, pass } = world();
  await pass(750);
  watch.touch();
  await pass(750);
  watch.set(500, log("second"));
  await pass(250);
  watch.touch();
  await pass(250);
  assertEquals(expired, []);
  await pass(250);
  assertEquals(expired, ["second"]);
});

Deno.test("set() puts another limit in place of the present one", async () => {
  const { watch, expired, log, pass } = world();
  watch.set(2000, log("second"));
  await pass(1500);
  assertEquals(expired, []);
  await pass(500);
  assertEquals(expired, ["second"]);
});

Deno.test("set() after the limit has passed starts the next: a connection is never without", async () => {
  const { watch, expired, log, pass } = world();
  await pass(1000);
  watch.set(500, log("second"));
  await pass(500);
  assertEquals(expired, ["first", "second"]);
});

Deno.test("set() within the callback of a limit starts the next", async () => {
  const { watch, expired, log, pass } = world();
  watch.set(500, () => {
    expired.push("second");
    watch.set(500, log("third"));
  });
  await pass(500);
  await pass(500);
  assertEquals(expired, ["second", "third"]);
});

Deno.test("end() ends it for good", async () => {
  const { watch, expired, log, pass } = world();
  watch.end();
  watch.touch();
  watch.set(500, log("second"));
  await pass(1000);
  await pass(1000);
  assertEquals(expired, []);
});
