import { assertEquals } from "@std/assert";
import { HELD, PORTS, shareMemory } from "../../../src/proxy/workers/shared_memory.ts";
import { sharedPorts } from "../../../src/proxy/workers/shared_ports.ts";

Deno.test("sharedPorts() has the ports of every row, the first and the last among them", () => {
  const memory = shareMemory(1);
  const [here, there] = [0, 1].map((row) => sharedPorts(memory, row, PORTS.relays, HELD.relays));
  for (const port of [0, 1, 31, 32, 65_535]) here!.add(port);
  there!.add(40_000);
  for (const port of [0, 1, 31, 32, 65_535, 40_000]) assertEquals(there!.has(port), true);
  assertEquals([there!.has(2), there!.has(33), there!.has(65_534)], [false, false, false]);
  assertEquals([here!.size, there!.size], [6, 6]);
});

Deno.test("sharedPorts() counts a port once, and takes away its own", () => {
  const memory = shareMemory(1);
  const [here, there] = [0, 1].map((row) => sharedPorts(memory, row, PORTS.added, HELD.added));
  here!.add(31);
  here!.add(31);
  there!.delete(31);
  assertEquals([here!.has(31), here!.size], [true, 1]);
  here!.delete(31);
  here!.delete(31);
  assertEquals([here!.has(31), here!.size], [false, 0]);
});
