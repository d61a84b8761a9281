import { assertEquals, assertInstanceOf } from "@std/assert";
import { Deadlines } from "../../../src/net/time/deadlines.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { turn } from "../../support/in_time.ts";

const TICK = 250;

/** Lets time pass as it does: a bit at a time, with everything that is due happening in between. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += TICK) {
    await turn();
    clock.advance(Math.min(TICK, ms - passed));
    await turn();
  }
}

function world(): {
  clock: FakeClock;
  deadlines: Deadlines;
  expired: string[];
  reported: unknown[];
} {
  const clock = new FakeClock();
  const reported: unknown[] = [];
  const deadlines = new Deadlines(clock, (error) => reported.push(error));
  return { clock, deadlines, expired: [], reported };
}

Deno.test("arm() calls back when the time has passed, and not before", async () => {
  const { clock, deadlines, expired } = world();
  deadlines.arm(1000, () => expired.push("a"));
  await pass(clock, 999);
  assertEquals(expired, []);
  await pass(clock, 1);
  assertEquals(expired, ["a"]);
});

Deno.test("arm() calls back once", async () => {
  const { clock, deadlines, expired } = world();
  deadlines.arm(500, () => expired.push("a"));
  await pass(clock, 5000);
  assertEquals(expired, ["a"]);
});

Deno.test("arm() ends up to a tick late, never early, when armed between two ticks", async () => {
  const { clock, deadlines, expired } = world();
  deadlines.arm(60_000, () => {});
  await pass(clock, 100);
  deadlines.arm(1000, () => expired.push("a"));
  await pass(clock, 150);
  await pass(clock, 750);
  await pass(clock, 100);
  assertEquals([clock.monotonic(), expired], [1100, []]);
  await pass(clock, 150);
  assertEquals([clock.monotonic(), expired], [1250, ["a"]]);
  deadlines.stop();
});

Deno.test("arm() counts from now even when the tick has been held up", async () => {
  const { clock, deadlines, expired } = world();
  deadlines.arm(60_000, () => {});
  clock.advance(5000); // The process was stopped; the tick is still to come.
  deadlines.arm(1000, () => expired.push("a"));
  await turn();
  clock.advance(TICK);
  await turn();
  assertEquals(expired, []);
  await pass(clock, 750);
  assertEquals(expired, ["a"]);
  deadlines.stop();
});

Deno.test("arm() calls back for everyone who is due, however many", async () => {
  const { clock, deadlines, expired } = world();
  for (const name of ["a", "b", "c"]) deadlines.arm(1000, () => expired.push(name));
  deadlines.arm(2000, () => expired.push("later"));
  await pass(clock, 1000);
  assertEquals(expired, ["a", "b", "c"]);
  deadlines.stop();
});

Deno.test("arm() within a callback starts another wait, even one of no time at all", async () => {
  const { clock, deadlines, expired } = world();
  const again = () => {
    expired.push("again");
    deadlines.arm(0, again);
  };
  deadlines.arm(0, again);
  await pass(clock, 3 * TICK);
  assertEquals(expired, ["again", "again", "again"]);
  deadlines.stop();
});

Deno.test("extend() starts the wait again", async () => {
  const { clock, deadlines, expired } = world();
  const deadline = deadlines.arm(1000, () => expired.push("a"));
  await pass(clock, 750);
  deadline.extend(1000);
  await pass(clock, 750);
  assertEquals(expired, []);
  await pass(clock, 250);
  assertEquals(expired, ["a"]);
});

Deno.test("extend() may bring the end nearer", async () => {
  const { clock, deadlines, expired } = world();
  const deadline = deadlines.arm(60_000, () => expired.push("a"));
  deadline.extend(500);
  await pass(clock, 500);
  assertEquals(expired, ["a"]);
});

Deno.test("extend() arms again what has passed", async () => {
  const { clock, deadlines, expired } = world();
  const deadline = deadlines.arm(500, () => expired.push("a"));
  await pass(clock, 1000);
  deadline.extend(500);
  await pass(clock, 500);
  assertEquals(expired, ["a", "a"]);
});

Deno.test("extend() within its own callback arms it again", async () => {
  const { clock, deadlines, expired } = world();
  const deadline = deadlines.arm(500, () => {
    expired.push("a");
    deadline.extend(500);
  });
  await pass(clock, 1500);
  assertEquals(expired, ["a", "a", "a"]);
  deadlines.stop();
});

Deno.test("extend() within a callback puts off one that is due at the same tick", async () => {
  const { clock, deadlines, expired } = world();
  deadlines.arm(500, () => {
    expired.push("a");
    second.extend(500);
  });
  const second = deadlines.arm(500, () => expired.push("b"));
  await pass(clock, 500);
  assertEquals(expired, ["a"]);
  await pass(clock, 500);
  assertEquals(expired, ["a", "b"]);
});

Deno.test("clear() forgets it for good, before and after it has passed", async () => {
  const { clock, deadlines, expired } = world();
  const early = deadlines.arm(500, () => expired.push("early"));
  const late = deadlines.arm(500, () => expired.push("late"));
  early.clear();
  early.clear();
  early.extend(500);
  await pass(clock, 500);
  late.clear();
  late.extend(500);
  await pass(clock, 1000);
  assertEquals(expired, ["late"]);
});

Deno.test("clear() within a callback spares one that is due at the same tick", async () => {
  const { clock, deadlines, expired } = world();
  deadlines.arm(500, () => {
    expired.push("a");
    second.clear();
  });
  const second = deadlines.arm(500, () => expired.push("b"));
  await pass(clock, 1000);
  assertEquals(expired, ["a"]);
});

Deno.test("nothing runs while nothing is armed", async () => {
  const { clock, deadlines } = world();
  assertEquals(clock.sleeping, 0);
  deadlines.arm(500, () => {}).clear();
  deadlines.arm(500, () => {});
  assertEquals(clock.sleeping, 1);
  await pass(clock, 500);
  assertEquals(clock.sleeping, 0);
});

Deno.test("arm() starts the tick again when it had ended", async () => {
  const { clock, deadlines, expired } = world();
  deadlines.arm(500, () => {});
  await pass(clock, 1000);
  deadlines.arm(500, () => expired.push("a"));
  await pass(clock, 500);
  assertEquals(expired, ["a"]);
});

Deno.test("stop() forgets every deadline and ends the tick", async () => {
  const { clock, deadlines, expired } = world();
  const deadline = deadlines.arm(500, () => expired.push("a"));
  deadlines.stop();
  deadline.extend(500);
  assertEquals(clock.sleeping, 0);
  await pass(clock, 1000);
  assertEquals(expired, []);
});

Deno.test("stop() within a callback spares those that are due at the same tick", async () => {
  const { clock, deadlines, expired } = world();
  deadlines.arm(500, () => {
    expired.push("a");
    deadlines.stop();
  });
  deadlines.arm(500, () => expired.push("b"));
  await pass(clock, 1000);
  assertEquals([expired, clock.sleeping], [["a"], 0]);
});

Deno.test("arm() works after stop(), even in the callback that stopped", async () => {
  const { clock, deadlines, expired } = world();
  deadlines.stop();
  deadlines.arm(500, () => {
    expired.push("a");
    deadlines.stop();
    deadlines.arm(500, () => expired.push("b"));
  });
  await pass(clock, 1000);
  assertEquals([expired, clock.sleeping], [["a", "b"], 0]);
});

Deno.test("a callback that throws is reported, and does not keep the others from theirs", async () => {
  const { clock, deadlines, expired, reported } = world();
  deadlines.arm(500, () => {
    throw new RangeError("a bug");
  });
  deadlines.arm(500, () => expired.push("b"));
  deadlines.arm(1000, () => expired.push("c"));
  await pass(clock, 1000);
  assertEquals(expired, ["b", "c"]);
  assertEquals(reported.length, 1);
  assertInstanceOf(reported[0], RangeError);
});
