import { assertEquals } from "@std/assert";
import { type FileState, fileState } from "../../src/config/file_state.ts";
import { LOOK_MS, lookAt, watchConfig } from "../../src/config/watch_config.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { until } from "../support/in_time.ts";
import { makeScratch } from "../support/scratch.ts";

const STATE: FileState = { isFile: true, dev: 1, ino: 1, mtimeMs: 1, size: 1, mode: null };

/** Lets what is due happen, down to the next wait. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/** How often a change was told after each look; the first state is that of the call. */
async function told(states: readonly (FileState | null | Error)[]): Promise<number[]> {
  const clock = new FakeClock();
  const end = new AbortController();
  const counts: number[] = [];
  let count = 0;
  let at = 0;
  const stat = (): Promise<FileState | null> => {
    const state = states[at++]!;
    return state instanceof Error ? Promise.reject(state) : Promise.resolve(state);
  };
  const watching = watchConfig("x", clock, end.signal, () => void count++, { stat });
  for (let look = 1; look < states.length; look++) {
    await settle();
    clock.advance(LOOK_MS);
    await settle();
    counts.push(count);
  }
  end.abort();
  await watching;
  assertEquals(clock.sleeping, 0);
  return counts;
}

const NEXT = { ...STATE, size: 2 };
const LAST = { ...STATE, size: 3 };

const COURSES: readonly (readonly [string, readonly (FileState | null | Error)[], number[]])[] = [
  ["nothing while nothing changes", [STATE, STATE, { ...STATE }], [0, 0]],
  ["a change that two looks see, once", [STATE, NEXT, NEXT, NEXT], [0, 1, 1]],
  ["nothing while the file goes on changing", [STATE, NEXT, LAST, NEXT, LAST], [0, 0, 0, 0]],
  ["the last state of many", [STATE, null, NEXT, LAST, LAST], [0, 0, 0, 1]],
  ["nothing of a change that is taken back", [STATE, null, STATE, STATE], [0, 0, 0]],
  ["each of two changes", [STATE, NEXT, NEXT, LAST, LAST], [0, 1, 1, 2]],
  ["that a file appears", [null, STATE, STATE], [0, 1]],
  ["that a file vanishes", [STATE, null, null], [0, 1]],
  ["what cannot be looked at as absent", [STATE, new Error("no"), new Error("no")], [0, 1]],
  ["another file of the same size and time", [STATE, { ...STATE, ino: 2 }, { ...STATE, ino: 2 }], [
    0,
    1,
  ]],
];

for (const [what, states, counts] of COURSES) {
  Deno.test(`watchConfig() tells ${what}`, async () => {
    assertEquals(await told(states), counts);
  });
}

Deno.test("watchConfig() looks every half second, and no more once it is to end", async () => {
  const clock = new FakeClock();
  const end = new AbortController();
  let looks = 0;
  const stat = () => Promise.resolve<FileState>({ ...STATE, size: looks++ });
  const watching = watchConfig("x", clock, end.signal, () => {}, { stat });
  await settle();
  clock.advance(499);
  await settle();
  assertEquals(looks, 1);
  clock.advance(1);
  await settle();
  assertEquals(looks, 2);
  end.abort();
  await watching;
  assertEquals(looks, 2);
});

Deno.test("watchConfig() looks at the file itself when nobody says otherwise", async () => {
  await using scratch = await makeScratch();
  const clock = new FakeClock();
  const end = new AbortController();
  const file = `${scratch.folder}/config.toml`;
  const { promise, resolve } = Promise.withResolvers<void>();
  const watching = watchConfig(file, clock, end.signal, resolve);
  const wait = async () => {
    while (clock.sleeping === 0) await fileState(file);
    clock.advance(LOOK_MS);
  };
  while (clock.sleeping === 0) await fileState(file);
  await Deno.writeTextFile(file, "a");
  await wait();
  await wait();
  await promise;
  end.abort();
  await watching;
});

Deno.test("watchConfig() tells what has changed between a look and the call", async () => {
  const file = await Deno.makeTempFile();
  const gone = `${file}.gone`;
  try {
    await Deno.writeTextFile(file, "one");
    const seen = await lookAt([file, gone]);
    assertEquals([seen.get(file)?.size, seen.get(gone)], [3, null]);
    await Deno.writeTextFile(file, "three");
    const clock = new FakeClock();
    const end = new AbortController();
    const told: string[] = [];
    const watching = [file, gone].map((each) =>
      watchConfig(each, clock, end.signal, () => void told.push(each), { known: seen.get(each) })
    );
    for (let looks = 0; looks < 3; looks++) {
      await until(() => clock.sleeping === 2, "both are looked at");
      clock.advance(LOOK_MS);
    }
    await until(() => told.length > 0, "the change is told");
    end.abort();
    await Promise.all(watching);
    assertEquals(told, [file]);
  } finally {
    await Deno.remove(file);
  }
});
