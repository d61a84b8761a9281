import { assertEquals } from "@std/assert";
import { placesUpTo } from "../../src/proxy/places_up_to.ts";

Deno.test("placesUpTo() has so many places, and one again when one is given back", () => {
  const places = placesUpTo(2);
  assertEquals([places.take(), places.take(), places.take()], [true, true, false]);
  places.give();
  assertEquals([places.take(), places.take()], [true, false]);
});
