import { assert, assertEquals, assertRejects } from "@std/assert";
import { type FileState, fileState, sameState } from "../../src/config/file_state.ts";
import { makeScratch } from "../support/scratch.ts";

Deno.test("fileState() looks through links, and sees what is absent", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("a", "text");
  const link = `${scratch.folder}/link`;
  await Deno.symlink(file, link);
  const state = await fileState(link);
  assert(state !== null);
  assertEquals([state.isFile, state.size], [true, 4]);
  assertEquals(sameState(state, await fileState(file)), true);
  assertEquals((await fileState(scratch.folder))?.isFile, false);
  assertEquals(await fileState(`${scratch.folder}/b`), null);
});

Deno.test("fileState() rejects where it cannot look", async () => {
  await using scratch = await makeScratch();
  const file = await scratch.write("a", "text");
  await assertRejects(() => fileState(`${file}/b`));
});

const STATE: FileState = { isFile: true, dev: 1, ino: 2, mtimeMs: 3, size: 4, mode: 0o600 };

Deno.test("sameState() compares what changes with a file", () => {
  assertEquals(sameState(null, null), true);
  assertEquals(sameState(STATE, { ...STATE }), true);
  const others = [null, { dev: 9 }, { ino: 9 }, { mtimeMs: 9 }, { size: 9 }];
  for (const other of others) {
    const next = other === null ? null : { ...STATE, ...other };
    assertEquals([sameState(STATE, next), sameState(next, STATE)], [false, false]);
  }
});
