import { assertEquals } from "@std/assert";
import { Denials, REMEMBERED_MS } from "../../../src/proxy/asking/denials.ts";
import { FakeClock } from "../../support/fake_clock.ts";

interface TestDenials {
  readonly denials: Denials;
  readonly clock: FakeClock;
}

function makeDenials(): TestDenials {
  const clock = new FakeClock();
  return { denials: new Denials(clock), clock };
}

Deno.test("of() tells why something was said no to, and nothing of what was not", () => {
  const { denials } = makeDenials();
  denials.add("a.test", "a person said no");
  assertEquals(denials.of("a.test"), "a person said no");
  assertEquals(denials.of("b.test"), null);
});

Deno.test("of() remembers for thirty seconds, to the millisecond", () => {
  const { denials, clock } = makeDenials();
  assertEquals(REMEMBERED_MS, 30_000);
  denials.add("a.test", "no");
  clock.advance(29_999);
  assertEquals(denials.of("a.test"), "no");
  clock.advance(1);
  assertEquals(denials.of("a.test"), null);
});

Deno.test("add() of the same again begins anew", () => {
  const { denials, clock } = makeDenials();
  denials.add("a.test", "no");
  clock.advance(20_000);
  denials.add("a.test", "no again");
  clock.advance(20_000);
  assertEquals(denials.of("a.test"), "no again");
});

Deno.test("a thousand are remembered, and one more pushes out the oldest", () => {
  const { denials } = makeDenials();
  for (let index = 0; index < 1000; index++) denials.add(`h${index}.test`, "no");
  denials.add("h0.test", "no");
  assertEquals(denials.of("h1.test"), "no");
  denials.add("more.test", "no");
  assertEquals([denials.of("h1.test"), denials.of("h0.test")], [null, "no"]);
  assertEquals([denials.of("h2.test"), denials.of("more.test")], ["no", "no"]);
});
