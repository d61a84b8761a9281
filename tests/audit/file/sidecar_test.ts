import { assertEquals, assertRejects } from "@std/assert";
import { LOCK_WAIT_MS, lockSidecar } from "../../../src/audit/file/sidecar.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { until } from "../../support/in_time.ts";
import { makeScratch } from "../../support/scratch.ts";

const { signal } = new AbortController();

Deno.test("lockSidecar() keeps a line, and the shorter one after it", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log.lock`;
  for (const line of ["", "a long line", "short"]) {
    using sidecar = await lockSidecar(path, new FakeClock(), signal);
    await sidecar.write(line);
    assertEquals(await sidecar.read(), line);
  }
  using sidecar = await lockSidecar(path, new FakeClock(), signal);
  assertEquals(await sidecar.read(), "short");
});

Deno.test("lockSidecar() reads half a line as none", async () => {
  await using scratch = await makeScratch();
  const path = await scratch.write("log.lock", "half a l");
  using sidecar = await lockSidecar(path, new FakeClock(), signal);
  assertEquals(await sidecar.read(), "");
});

Deno.test("lockSidecar() waits for whoever holds it", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log.lock`;
  const clock = new FakeClock();
  const first = await lockSidecar(path, clock, signal);
  const second = lockSidecar(path, clock, signal);
  await until(() => clock.sleeping === 1, "it waits");
  first[Symbol.dispose]();
  clock.advance(100);
  (await second)[Symbol.dispose]();
});

Deno.test("lockSidecar() gives the lock back though programs are started meanwhile", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log.lock`;
  let isOver = false;
  const starting = (async () => {
    while (!isOver) await new Deno.Command(Deno.execPath(), { args: ["--version"] }).output();
  })();
  const clock = new FakeClock();
  // A program that begins has our files for a moment, and with them our locks.
  for (let count = 0; count < 500; count++) {
    (await lockSidecar(path, clock, signal))[Symbol.dispose]();
  }
  isOver = true;
  await starting;
});

Deno.test("lockSidecar() gives up on one that is never given back", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log.lock`;
  const clock = new FakeClock();
  using _first = await lockSidecar(path, clock, signal);
  const second = assertRejects(
    () => lockSidecar(path, clock, signal),
    Error,
    `another process holds ${path}`,
  );
  await until(() => clock.sleeping === 1, "it waits");
  clock.advance(LOCK_WAIT_MS);
  await second;
});

Deno.test("lockSidecar() ends its wait with the signal", async () => {
  await using scratch = await makeScratch();
  const path = `${scratch.folder}/log.lock`;
  const clock = new FakeClock();
  using _first = await lockSidecar(path, clock, signal);
  const ending = new AbortController();
  const second = assertRejects(() => lockSidecar(path, clock, ending.signal), Error, "the end");
  await until(() => clock.sleeping === 1, "it waits");
  ending.abort(new Error("the end"));
  await second;
});
