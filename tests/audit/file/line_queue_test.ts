import { assert, assertEquals } from "@std/assert";
import { HELD_BYTES_MAX, LineQueue } from "../../../src/audit/file/line_queue.ts";

/** A mark of one kind. */
function missing(kind: string) {
  return { kind, line: (lost: number) => `${kind} ${lost}` };
}

/** A queue that has room for nothing more. */
function full(): LineQueue {
  const queue = new LineQueue();
  assert(queue.push("x".repeat(HELD_BYTES_MAX), null));
  return queue;
}

/** What is taken, as text. */
function taken(queue: LineQueue): string {
  return new TextDecoder().decode(queue.take());
}

/** Takes all there is, one after the other. */
function all(queue: LineQueue): string {
  let text = "";
  while (!queue.isEmpty) {
    const piece = queue.take();
    text += new TextDecoder().decode(piece);
    queue.arrived(piece.length);
  }
  return text;
}

Deno.test("take() hands out lines in order, and keeps them until they have arrived", () => {
  const queue = new LineQueue();
  ["a", "bé", "c"].forEach((line) => queue.push(line, null));
  assertEquals(taken(queue), "a\nbé\nc\n");
  queue.arrived(2);
  queue.push("d", null);
  assertEquals(taken(queue), "bé\nc\nd\n");
  assertEquals([queue.isEmpty, queue.bytes], [false, 8]);
  queue.arrived(8);
  assertEquals([queue.isEmpty, queue.bytes], [true, 0]);
  assertEquals(queue.take().length, 0);
});

Deno.test("lines of every length come out as they went in", () => {
  const queue = new LineQueue();
  const lines = Array.from({ length: 60 }, (_, at) => "é".repeat(at * at * 7) + at);
  lines.forEach((line) => assert(queue.push(line, null)));
  assertEquals(all(queue), lines.map((line) => `${line}\n`).join(""));
  lines.forEach((line) => assert(queue.push(line, null)));
  assertEquals(all(queue).length, lines.reduce((sum, { length }) => sum + length + 1, 0));
});

Deno.test("what was taken stays as it is while more comes", () => {
  const queue = new LineQueue();
  queue.push("a", null);
  const piece = queue.take();
  for (let at = 0; at < 1000; at++) queue.push("b".repeat(100), null);
  assertEquals(new TextDecoder().decode(piece), "a\n");
});

Deno.test("push() takes the last line that fits, and refuses the first that does not", () => {
  const queue = new LineQueue();
  assert(queue.push("x".repeat(HELD_BYTES_MAX - 1), null));
  assert(queue.push("y", null));
  assert(!queue.push("z", null));
  queue.arrived(queue.take().length);
  assert(queue.push("z", null));
});

Deno.test("push() marks what is missing in its place, one mark of a kind", () => {
  const queue = full();
  for (const kind of ["one", "two", "one", "one"]) queue.push("lost", missing(kind));
  queue.arrived(queue.take().length);
  queue.push("after", missing("one"));
  assertEquals(all(queue), "one 3\ntwo 1\nafter\n");
});

Deno.test("push() begins another mark while one is being written", () => {
  const queue = full();
  queue.push("lost", missing("one"));
  queue.arrived(queue.take().length);
  queue.push("x".repeat(HELD_BYTES_MAX), null);
  assertEquals(taken(queue), "one 1\n");
  queue.push("lost", missing("one"));
  queue.arrived(6);
  queue.arrived(queue.take().length);
  assertEquals(all(queue), "one 1\n");
});

Deno.test("take() counts anew what went missing after a mark could not be written", () => {
  const queue = full();
  queue.push("lost", missing("one"));
  queue.push("lost", missing("two"));
  queue.arrived(queue.take().length);
  assertEquals(taken(queue), "one 1\n");
  queue.arrived(0);
  queue.push("x".repeat(HELD_BYTES_MAX), null);
  assertEquals(taken(queue), "one 1\n");
});

Deno.test("drop() forgets all, and counts the lines alone", () => {
  const queue = full();
  queue.push("lost", missing("one"));
  assertEquals(queue.drop(), 1);
  assertEquals(queue.isEmpty, true);
  ["a", "b", "c"].forEach((line) => queue.push(line, null));
  queue.arrived(2);
  assertEquals(queue.drop(), 2);
  assert(queue.push("a", null));
});
