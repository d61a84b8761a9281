import { assertEquals, assertRejects } from "@std/assert";
import { Places } from "../../src/net/places.ts";
import { turn } from "../support/in_time.ts";

const NEVER = new AbortController().signal;

/** Takes places for `names`, and notes who has got one and who has given up. */
function line(
  places: Places,
): { log: string[]; join: (name: string, signal?: AbortSignal) => void } {
  const log: string[] = [];
  const join = (name: string, signal = NEVER) => {
    places.take(signal).then(() => log.push(name), () => log.push(`not ${name}`));
  };
  return { log, join };
}

Deno.test("take() gives as many places as there are, and not one more", async () => {
  const { log, join } = line(new Places(2));
  for (const name of ["a", "b", "c"]) join(name);
  await turn();
  assertEquals(log, ["a", "b"]);
});

Deno.test("give() lets in the first who waits", async () => {
  const places = new Places(1);
  const { log, join } = line(places);
  for (const name of ["a", "b", "c"]) join(name);
  places.give();
  await turn();
  assertEquals(log, ["a", "b"]);
  places.give();
  await turn();
  assertEquals(log, ["a", "b", "c"]);
});

Deno.test("give() keeps the place free when nobody waits", async () => {
  const places = new Places(1);
  const { log, join } = line(places);
  join("a");
  places.give();
  for (const name of ["b", "c"]) join(name);
  await turn();
  assertEquals(log, ["a", "b"]);
});

Deno.test("give() hands the place on: who comes at that moment stands behind those who wait", async () => {
  const places = new Places(1);
  const { log, join } = line(places);
  for (const name of ["a", "b"]) join(name);
  await turn();
  places.give();
  join("c");
  await turn();
  assertEquals(log, ["a", "b"]);
});

Deno.test("take() rejects with the reason when the signal is aborted, and holds nobody up", async () => {
  const places = new Places(1);
  const { log, join } = line(places);
  const controller = new AbortController();
  join("a");
  join("b", controller.signal);
  join("c");
  const waiting = places.take(controller.signal);
  controller.abort(new RangeError("enough"));
  await assertRejects(() => waiting, RangeError, "enough");
  places.give();
  await turn();
  assertEquals(log, ["a", "not b", "c"]);
  places.give();
  join("d");
  await turn();
  assertEquals(log, ["a", "not b", "c", "d"]);
});

Deno.test("take() rejects at once when the signal was aborted before, and takes nothing", async () => {
  const places = new Places(1);
  const signal = AbortSignal.abort(new RangeError("enough"));
  await assertRejects(() => places.take(signal), RangeError, "enough");
  await places.take(NEVER);
});

Deno.test("take() keeps a place whose signal is aborted afterwards: it is still to be given back", async () => {
  const places = new Places(1);
  const { log, join } = line(places);
  const controller = new AbortController();
  join("a");
  join("b", controller.signal);
  join("c");
  places.give();
  controller.abort();
  await turn();
  assertEquals(log, ["a", "b"]);
  places.give();
  await turn();
  assertEquals(log, ["a", "b", "c"]);
});
