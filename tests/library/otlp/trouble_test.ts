import { assertEquals } from "@std/assert";
import { Trouble } from "../../../src/library/otlp/trouble.ts";
import { FakeClock } from "../../support/fake_clock.ts";

function makeTrouble() {
  const told: string[] = [];
  const clock = new FakeClock();
  const trouble = new Trouble({
    what: "export logs to X",
    diagnose: (line) => told.push(line),
    monotonic: () => clock.monotonic(),
  });
  return { trouble, told, clock };
}

Deno.test("Trouble is told once until it is over, and then with what was lost", () => {
  const { trouble, told } = makeTrouble();
  trouble.works();
  trouble.fails("it refused");
  trouble.loses(3, "it refused");
  trouble.loses(2, "it hung");
  assertEquals([told, trouble.lost], [["Cannot export logs to X: it refused"], 5]);
  trouble.works();
  trouble.works();
  assertEquals(told.slice(1), ["Can export logs to X again: 5 records were lost"]);
});

Deno.test("Trouble that comes and goes is told of once a minute, and nothing of it is forgotten", () => {
  const { trouble, told, clock } = makeTrouble();
  for (let at = 0; at < 3; at++) {
    trouble.loses(1, "it refused");
    trouble.works();
    clock.advance(20_000);
  }
  assertEquals(told.splice(0), [
    "Cannot export logs to X: it refused",
    "Can export logs to X again: 1 record was lost",
  ]);
  trouble.loses(1, "it hung");
  trouble.works();
  assertEquals(told.splice(0), [
    "Cannot export logs to X: it hung",
    "Can export logs to X again: 3 records were lost",
  ]);
  trouble.ends();
  assertEquals([told, trouble.lost], [[], 4]);
});

Deno.test("Trouble that lost nothing says nothing of losses", () => {
  const { trouble, told } = makeTrouble();
  trouble.fails("it refused");
  trouble.works();
  trouble.ends();
  assertEquals(told.slice(1), ["Can export logs to X again"]);
});

Deno.test("Trouble at the end says what is lost for good", () => {
  const { trouble, told } = makeTrouble();
  trouble.loses(7, "it refused");
  trouble.ends();
  trouble.ends();
  assertEquals(told.slice(1), ["Could not export logs to X to the end: 7 records were lost"]);
});
