import { assertEquals, assertRejects } from "@std/assert";
import { ZonePlaces } from "../../src/net/zone_places.ts";
import { turn } from "../support/in_time.ts";

const NEVER = new AbortController().signal;

Deno.test("take() gives so many places a zone, and a further one when one is given back", async () => {
  const places = new ZonePlaces(2);
  const giveFirst = await places.take("a.slow.test", NEVER);
  await places.take("slow.test", NEVER);
  let isIn = false;
  const third = places.take("x.y.slow.test", NEVER).then((give) => {
    isIn = true;
    return give;
  });
  await turn();
  assertEquals(isIn, false);
  giveFirst();
  await third;
});

Deno.test("take() lets one zone take nothing from another", async () => {
  const places = new ZonePlaces(1);
  await places.take("a.slow.test", NEVER);
  const others = ["a.good.test", "test", "slow.test.example", "other"];
  for (const name of others) await places.take(name, NEVER);
  assertEquals(places.size, 1 + others.length);
});

Deno.test("a zone is forgotten when the last has left it, also without having been in", async () => {
  const places = new ZonePlaces(1);
  const give = await places.take("a.slow.test", NEVER);
  const controller = new AbortController();
  const waiting = places.take("b.slow.test", controller.signal);
  controller.abort(new RangeError("enough"));
  await assertRejects(() => waiting, RangeError);
  assertEquals(places.size, 1);
  give();
  assertEquals(places.size, 0);
  (await places.take("c.slow.test", NEVER))();
  assertEquals(places.size, 0);
});

Deno.test("a zone with people in line outlives who leaves it", async () => {
  const places = new ZonePlaces(1);
  const give = await places.take("a.slow.test", NEVER);
  const second = places.take("b.slow.test", NEVER);
  give();
  const giveSecond = await second;
  let isIn = false;
  const third = places.take("c.slow.test", NEVER).then((give) => {
    isIn = true;
    return give;
  });
  await turn();
  assertEquals([isIn, places.size], [false, 1]);
  giveSecond();
  (await third)();
  assertEquals(places.size, 0);
});
