import { assert, assertEquals, assertRejects } from "@std/assert";
import { standardStream } from "../../src/cli/standard_stream.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { ScriptedStream } from "../support/scripted_stream.ts";
import { settle } from "./fake_surroundings.ts";

const NEVER = { read: () => new Promise<number | null>(() => {}) };
const SINK = new ScriptedStream();

Deno.test("standardStream() reads the one and writes to the other", async () => {
  const out = new ScriptedStream();
  const stream = standardStream(new ScriptedStream("ab"), out, new FakeClock());
  const into = new Uint8Array(8);
  assertEquals(await stream.read(into), 2);
  assertEquals([...into.subarray(0, 2)], [0x61, 0x62]);
  assertEquals(await stream.read(into), null);
  assertEquals(await stream.write(into.subarray(0, 2)), 2);
  assertEquals(out.written, "ab");
});

for (const end of ["closeWrite", "close"] as const) {
  Deno.test(`standardStream() ends a read under way, and those to come, with ${end}()`, async () => {
    const stream = standardStream(NEVER, SINK, new FakeClock());
    const reading = stream.read(new Uint8Array(1));
    stream[end]();
    assertEquals([await reading, await stream.read(new Uint8Array(1))], [null, null]);
  });
}

Deno.test("standardStream() does not read any more after its end", async () => {
  const source = new ScriptedStream("ab");
  const stream = standardStream(source, SINK, new FakeClock());
  stream.close();
  assertEquals(await stream.read(new Uint8Array(8)), null);
  assertEquals(source.rooms, []);
});

Deno.test("standardStream() waits for pipes that another program made non-blocking", async () => {
  const clock = new FakeClock();
  const full = () => new Deno.errors.WouldBlock("Try again");
  let tries = 0;
  const sink = {
    write: (bytes: Uint8Array) =>
      tries++ < 1 ? Promise.reject(full()) : Promise.resolve(bytes.length),
  };
  const stream = standardStream(new ScriptedStream(full(), "a"), sink, clock);
  const reading = stream.read(new Uint8Array(1));
  const writing = stream.write(new Uint8Array(3));
  await settle();
  assertEquals(clock.sleeping, 2);
  clock.advance(20);
  assertEquals([await reading, await writing], [1, 3]);
});

Deno.test("standardStream() waits for no pipe after its end", async () => {
  const clock = new FakeClock();
  const stream = standardStream(new ScriptedStream(new Deno.errors.WouldBlock("")), SINK, clock);
  const reading = stream.read(new Uint8Array(1));
  await settle();
  stream.close();
  assertEquals([await reading, clock.sleeping], [null, 0]);
});

Deno.test("standardStream() hands on what fails", async () => {
  const broken = new ScriptedStream(new Deno.errors.BadResource("closed"));
  broken.broken = new Deno.errors.BrokenPipe("nobody reads");
  const stream = standardStream(broken, broken, new FakeClock());
  await assertRejects(() => stream.read(new Uint8Array(1)), Deno.errors.BadResource);
  await assertRejects(() => stream.write(new Uint8Array(1)), Deno.errors.BrokenPipe);
});

Deno.test("standardStream() keeps nothing of the reads that are done", async () => {
  const source = { read: (into: Uint8Array) => Promise.resolve(into.length) };
  const stream = standardStream(source, SINK, new FakeClock());
  const into = new Uint8Array(1);
  const before = Deno.memoryUsage().heapUsed;
  for (let count = 0; count < 300_000; count++) await stream.read(into);
  // What waits to be collected is far below it; 300 bytes of each would be far above.
  assert(Deno.memoryUsage().heapUsed - before < 48 * 1024 * 1024);
});
