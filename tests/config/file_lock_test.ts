import { assertEquals, assertRejects } from "@std/assert";
import { withFileLock } from "../../src/config/file_lock.ts";
import { makeScratch } from "../support/scratch.ts";

Deno.test("withFileLock() does one work after the other", async () => {
  await using scratch = await makeScratch();
  const lock = `${scratch.folder}/a.lock`;
  const told: string[] = [];
  const entered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const first = withFileLock(lock, async () => {
    told.push("first begins");
    entered.resolve();
    await release.promise;
    told.push("first ends");
  });
  await entered.promise;
  const second = withFileLock(lock, () => {
    told.push("second");
    return Promise.resolve(2);
  });
  // The second has every chance to go ahead: this takes longer than opening and locking does.
  for (let turn = 0; turn < 10; turn++) {
    await withFileLock(`${scratch.folder}/b.lock`, () => Promise.resolve());
  }
  release.resolve();
  assertEquals([await first, await second], [undefined, 2]);
  assertEquals(told, ["first begins", "first ends", "second"]);
});

Deno.test("withFileLock() frees the lock when the work fails", async () => {
  await using scratch = await makeScratch();
  const lock = `${scratch.folder}/a.lock`;
  await assertRejects(() => withFileLock(lock, () => Promise.reject(new Error("no"))), Error, "no");
  assertEquals(await withFileLock(lock, () => Promise.resolve("yes")), "yes");
});

Deno.test({
  name: "withFileLock() makes a file for its owner alone, and follows no link",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using scratch = await makeScratch();
    const lock = `${scratch.folder}/a.lock`;
    await withFileLock(lock, () => Promise.resolve());
    assertEquals((await Deno.stat(lock)).mode! & 0o777, 0o600);
    const link = `${scratch.folder}/link.lock`;
    await Deno.symlink(`${scratch.folder}/elsewhere`, link);
    await assertRejects(
      () => withFileLock(link, () => Promise.resolve()),
      Error,
      "link.lock: it is not a file; remove it",
    );
    await assertRejects(() => Deno.stat(`${scratch.folder}/elsewhere`), Deno.errors.NotFound);
  },
});
