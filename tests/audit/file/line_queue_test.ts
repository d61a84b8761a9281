import { assert, assertEquals } from "@std/assert";
import { HELD_CHARACTERS_MAX, LineQueue } from "../../../src/audit/file/line_queue.ts";

/** A mark of one kind. */
function missing(kind: string) {
  return { kind, line: (lost: number) => `${kind} ${lost}` };
}

/** A queue that has room for nothing more. */
function full(): LineQueue {
  const queue = new LineQueue();
  assert(queue.push("x".repeat(HELD_CHARACTERS_MAX), null));
  return queue;
}

Deno.test("take() hands out lines in order, and keeps them until they have arrived", () => {
  const queue = new LineQueue();
  ["a", "b", "c"].forEach((line) => queue.push(line, null));
  assertEquals(queue.take(2), ["a", "b"]);
  queue.arrived(1);
  assertEquals(queue.take(100), ["b", "c"]);
  assertEquals([queue.isEmpty, queue.characters], [false, 4]);
  queue.arrived(2);
  assertEquals([queue.isEmpty, queue.characters], [true, 0]);
});

Deno.test("push() takes the last line that fits, and refuses the first that does not", () => {
  const queue = new LineQueue();
  assert(queue.push("x".repeat(HELD_CHARACTERS_MAX - 1), null));
  assert(queue.push("y", null));
  assert(!queue.push("z", null));
  queue.take(1);
  queue.arrived(1);
  assert(queue.push("z", null));
});

Deno.test("push() marks what is missing in its place, one mark of a kind", () => {
  const queue = full();
  for (const kind of ["one", "two", "one", "one"]) queue.push("lost", missing(kind));
  queue.take(1);
  queue.arrived(1);
  queue.push("after", missing("one"));
  assertEquals(queue.take(100), ["one 3", "two 1", "after"]);
});

Deno.test("push() begins another mark while one is being written", () => {
  const queue = full();
  queue.push("lost", missing("one"));
  assertEquals(queue.take(HELD_CHARACTERS_MAX + 1).length, 2);
  queue.push("lost", missing("one"));
  queue.arrived(2);
  assertEquals(queue.take(100), ["one 1"]);
});

Deno.test("take() counts anew what went missing after a mark could not be written", () => {
  const queue = full();
  queue.push("lost", missing("one"));
  queue.take(HELD_CHARACTERS_MAX + 1);
  queue.arrived(0);
  queue.push("lost", missing("one"));
  assertEquals(queue.take(HELD_CHARACTERS_MAX + 1).at(-1), "one 2");
});

Deno.test("drop() forgets all, and counts the lines alone", () => {
  const queue = full();
  queue.push("lost", missing("one"));
  assertEquals(queue.drop(), 1);
  assertEquals(queue.isEmpty, true);
  assert(queue.push("a", null));
});
