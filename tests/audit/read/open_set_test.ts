import { assertEquals, assertRejects } from "@std/assert";
import { CHAIN_START } from "../../../src/audit/file/chain.ts";
import { openSet } from "../../../src/audit/read/open_set.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { inTime, until } from "../../support/in_time.ts";
import { makeScratch } from "../../support/scratch.ts";

Deno.test("openSet() opens what there is, the oldest first", async () => {
  await using scratch = await makeScratch();
  const path = await scratch.write("log", "newest");
  await scratch.write("log.1", "x");
  await scratch.write("log.12", "oldest");
  for (const other of ["log.x", "log.01", "log.", "xlog.2"]) await scratch.write(other, "another");
  using set = await openSet(path, new FakeClock());
  assertEquals(set.files.map(({ path, number, size }) => [path, number, size]), [
    [`${path}.12`, 12, 6],
    [`${path}.1`, 1, 1],
    [path, 0, 6],
  ]);
  assertEquals(set.head, null);
});

Deno.test("openSet() reads what the sidecar says", async () => {
  await using scratch = await makeScratch();
  const path = await scratch.write("log", "");
  const says = { lines: 0, last: CHAIN_START, up_to: 0, starts: [CHAIN_START] };
  for (
    const [text, expected] of [["", null], ["x\n", "bad"], [`${JSON.stringify(says)}\n `, says]]
  ) {
    await scratch.write("log.lock", text as string);
    using set = await openSet(path, new FakeClock());
    const head = set.head === null || set.head === "bad" ? set.head : { ...says, ...set.head };
    assertEquals(JSON.stringify(head)?.includes("lines"), expected === says);
    assertEquals(head === "bad", expected === "bad");
  }
});

Deno.test("openSet() refuses where there is nothing", async () => {
  await using scratch = await makeScratch();
  await assertRejects(
    () => openSet(`${scratch.folder}/log`, new FakeClock()),
    Deno.errors.NotFound,
    "there is no such file",
  );
});

Deno.test({
  name: "openSet() waits for no pipe, and takes nothing for a log that is none",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    for (const name of ["log", "log.lock", "log.3"]) {
      for (const make of ["mkfifo", "mkdir"]) {
        await using scratch = await makeScratch();
        await scratch.write("log", "a");
        await Deno.remove(`${scratch.folder}/${name}`).catch(() => {});
        await new Deno.Command(make, { args: [`${scratch.folder}/${name}`] }).output();
        await assertRejects(
          () => inTime(openSet(`${scratch.folder}/log`, new FakeClock()), "an answer"),
          Error,
          `${scratch.folder}/${name} is not a file`,
        );
      }
    }
    // What has no size would pass for an empty log.
    await assertRejects(() => openSet("/dev/null", new FakeClock()), Error, "is not a file");
  },
});

Deno.test("openSet() waits for who writes, and not for ever", async () => {
  await using scratch = await makeScratch();
  const path = await scratch.write("log", "a");
  const clock = new FakeClock();
  using lock = await Deno.open(await scratch.write("log.lock", ""), { write: true });
  await lock.lock(true);
  const opening = openSet(path, clock);
  await until(() => clock.sleeping === 1, "it waits");
  clock.advance(5000);
  using set = await opening;
  assertEquals(set.files.length, 1);
});
