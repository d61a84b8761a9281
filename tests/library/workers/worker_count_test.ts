import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../../../src/config/errors.ts";
import { workerCount } from "../../../src/library/workers/worker_count.ts";
import { load } from "../../config/load.ts";

const START = () => {
  throw new Error("This test starts none");
};

function machine(cores: number) {
  return { workers: { start: START, cores } };
}

async function configured(workers: string) {
  return await load(`[network]\nallowed_domains = ["x.test"]\nworkers = ${workers}\n`);
}

Deno.test("workerCount() is what is written, and one where nothing is", async () => {
  assertEquals(workerCount(await configured("3"), machine(1)), 3);
  assertEquals(workerCount(await load(null), machine(8)), 1);
});

for (const [cores, expected] of [[1, 1], [4, 4], [16, 16], [200, 16], [0, 1]] as const) {
  Deno.test(`workerCount() takes ${expected} for "auto" on ${cores} cores`, async () => {
    assertEquals(workerCount(await configured('"auto"'), machine(cores)), expected);
  });
}

Deno.test("workerCount() is one where there are no workers, and refuses more, with its place", async () => {
  const none = { workers: null };
  assertEquals(workerCount(await configured('"auto"'), none), 1);
  assertEquals(workerCount(await configured("1"), none), 1);
  const config = await configured("2");
  const error = assertThrows(() => workerCount(config, none), ConfigError);
  const [{ origin, message }] = error.faults as [ConfigError["faults"][0]];
  assertEquals([origin.line, message], [
    3,
    '"workers" is more than 1, and there are none here: only Deno has them',
  ]);
});
