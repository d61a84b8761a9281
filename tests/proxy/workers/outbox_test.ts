import { assertEquals } from "@std/assert";
import type { FromWorker } from "../../../src/proxy/workers/messages.ts";
import { NOTES_MAX, Outbox } from "../../../src/proxy/workers/outbox.ts";

function make() {
  const sent: string[] = [];
  const awaited: number[] = [];
  const outbox = new Outbox({
    post: (message: FromWorker) => {
      sent.push(
        message.kind === "noted"
          ? message.notes.map((note) => note.kind === "diagnosed" ? note.line : "").join()
          : message.kind,
      );
    },
    soon: queueMicrotask,
    catchUp: (count) => awaited.push(count),
  });
  return {
    outbox,
    sent,
    awaited,
    note: (line: string) => outbox.note({ kind: "diagnosed", line }),
  };
}

Deno.test("note() sends what is noted in one turn together", async () => {
  const { sent, note } = make();
  note("1");
  note("2");
  assertEquals(sent, []);
  await Promise.resolve();
  assertEquals(sent, ["1,2"]);
});

Deno.test("note() waits for the notes before to be written down", async () => {
  const { outbox, sent, note } = make();
  note("1");
  await Promise.resolve();
  note("2");
  await Promise.resolve();
  note("3");
  await Promise.resolve();
  assertEquals(sent, ["1"]);
  outbox.heard();
  assertEquals(sent, ["1", "2,3"]);
});

Deno.test("send() says what is waited for behind all notes, and waits for nobody", async () => {
  const { outbox, sent, note } = make();
  note("1");
  await Promise.resolve();
  note("2");
  outbox.send({ kind: "over" });
  assertEquals(sent, ["1", "2", "over"]);
  outbox.heard();
  outbox.heard();
  assertEquals(sent, ["1", "2", "over"]);
});

Deno.test("note() holds its isolate up when too many wait, until they are written down", async () => {
  const { sent, note, awaited } = make();
  note("first");
  await Promise.resolve();
  for (let count = 1; count < NOTES_MAX; count++) note("");
  assertEquals([sent.length, awaited], [1, []]);
  note("");
  assertEquals([sent.length, awaited], [2, [2]]);
});
