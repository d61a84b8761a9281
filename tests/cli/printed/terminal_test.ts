import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";
import {
  makeTerminal,
  paint,
  permitsColour,
  type Sink,
} from "../../../src/cli/printed/terminal.ts";
import { MemorySink, settle } from "../fake_surroundings.ts";

Deno.test("line() prints colour on a terminal only", async () => {
  for (const [isTerminal, printed] of [[true, "\x1b[31mbad\x1b[0m\n"], [false, "bad\n"]] as const) {
    const sink = new MemorySink(isTerminal);
    const { out } = makeTerminal(sink, sink, true, new FakeClock());
    out.line(paint("bad", "bad"));
    await out.flush();
    assertEquals(sink.text, printed);
  }
});

Deno.test("line() breaks lines for people where the terminal ends, and no data", async () => {
  const [out, err] = [new MemorySink(true), new MemorySink(true)];
  let columns = 10;
  const terminal = makeTerminal(out, err, true, new FakeClock(), () => columns);
  for (const output of [terminal.out, terminal.err]) output.line("one two three");
  terminal.err.line(paint("record", '{"a": "b c d e"}'));
  terminal.err.line(paint("copy", "eval a b c d e"));
  // The window is made larger.
  columns = 20;
  terminal.err.line("one two three");
  await terminal.out.flush();
  await terminal.err.flush();
  assertEquals(out.text, "one two three\n");
  assertEquals(
    err.text,
    "one two\n  three\n" +
      '\x1b[2m{"a": "b c d e"}\x1b[0m\n\x1b[1meval a b c d e\x1b[0m\none two three\n',
  );
});

Deno.test("columns are those of the window, where there is one", () => {
  const columnsOf = (isTerminal: boolean) => {
    const sink = new MemorySink(isTerminal);
    return makeTerminal(sink, sink, false, new FakeClock(), () => 40).out.columns;
  };
  assertEquals([columnsOf(true), columnsOf(false)], [40, null]);
});

Deno.test("line() escapes painted text, too", async () => {
  const sink = new MemorySink(true);
  const { out } = makeTerminal(sink, sink, true, new FakeClock());
  out.line(paint("faint", "\x1b[0mtrick"));
  await out.flush();
  assertEquals(sink.text, "\x1b[2m\\u001b[0mtrick\x1b[0m\n");
});

Deno.test("permitsColour() follows NO_COLOR and TERM", () => {
  assertEquals(permitsColour({}), true);
  assertEquals(permitsColour({ NO_COLOR: "" }), true);
  assertEquals(permitsColour({ NO_COLOR: "1" }), false);
  assertEquals(permitsColour({ TERM: "dumb" }), false);
  assertEquals(permitsColour({ NO_COLOR: "1", FORCE_COLOR: "1", CLICOLOR_FORCE: "1" }), false);
});

Deno.test("line() keeps the order, however little the sink takes at once", async () => {
  const sink = new MemorySink(false, 3);
  const { out } = makeTerminal(sink, sink, false, new FakeClock());
  for (const word of ["first", "second", "third"]) out.line(word);
  await out.flush();
  assertEquals(sink.text, "first\nsecond\nthird\n");
});

Deno.test("line() does not fail when the reader has gone away", async () => {
  let writes = 0;
  const broken: Sink = {
    write: () => {
      writes += 1;
      return Promise.reject(new Deno.errors.BrokenPipe("Broken pipe"));
    },
    isTerminal: () => false,
  };
  const { out } = makeTerminal(broken, broken, false, new FakeClock());
  out.line("one");
  await out.flush();
  out.line("two");
  await out.flush();
  assertEquals(writes, 1);
});

Deno.test("line() holds a bounded number of lines for a reader that stopped, and counts the rest", async () => {
  const stopped = Promise.withResolvers<void>();
  const sink = new MemorySink();
  const slow: Sink = {
    write: async (bytes) => {
      await stopped.promise;
      return sink.write(bytes);
    },
    isTerminal: () => false,
  };
  const { err } = makeTerminal(slow, slow, false, new FakeClock());
  const line = "x".repeat(1023);
  const isTaken = Array.from({ length: 1500 }, () => err.line(line));
  assertEquals(isTaken, isTaken.map((_, count) => count < 1026));
  await settle();
  stopped.resolve();
  await err.flush();
  // The first is on its way at once; then a megabyte is held.
  assertEquals(sink.text.split("\n").filter((text) => text === line).length, 1026);
  assertStringIncludes(sink.text, "doorward: 474 lines could not be printed\n");
});

Deno.test("line() tries again after a failure that may pass, and says what is missing", async () => {
  const sink = new MemorySink();
  let full = true;
  const disk: Sink = {
    write: (bytes) =>
      full ? Promise.reject(new Error("No space left on device")) : sink.write(bytes),
    isTerminal: () => false,
  };
  const { err } = makeTerminal(disk, disk, false, new FakeClock());
  err.line("lost");
  await err.flush();
  full = false;
  err.line("kept");
  await err.flush();
  err.line("and on");
  await err.flush();
  assertEquals(sink.text, "kept\ndoorward: 1 lines could not be printed\nand on\n");
});

Deno.test("line() waits for room in a pipe that does not block", async () => {
  const sink = new MemorySink();
  const clock = new FakeClock();
  let refusals = 2;
  const pipe: Sink = {
    write: (bytes) =>
      refusals-- > 0 ? Promise.reject(new Deno.errors.WouldBlock("full")) : sink.write(bytes),
    isTerminal: () => false,
  };
  const { err } = makeTerminal(pipe, pipe, false, clock);
  err.line("patient");
  await settle();
  assertEquals(sink.text, "");
  clock.advance(20);
  await settle();
  clock.advance(20);
  await err.flush();
  assertEquals(sink.text, "patient\n");
});

Deno.test("gone resolves when the reader has gone away, and not for a fault that may pass", async () => {
  const { BrokenPipe } = Deno.errors;
  const faults = [new Error("The disk is full"), new BrokenPipe("Nobody reads")];
  const sink: Sink = {
    write: () => Promise.reject(faults.shift()!),
    isTerminal: () => false,
  };
  const { out } = makeTerminal(sink, new MemorySink(), false, new FakeClock());
  let isGone = false;
  const gone = out.gone.then(() => {
    isGone = true;
  });
  out.line("first");
  await out.flush();
  assertEquals(isGone, false);
  out.line("second");
  await out.flush();
  await gone;
});
