import { assertEquals } from "@std/assert";
import { WORKERS_MAX } from "../../src/config/workers_key.ts";
import { faultsOf, load } from "./load.ts";

const QUIET = '[network]\nallowed_domains = ["x.test"]\n';

for (
  const [written, expected] of [
    ["1", 1],
    ["2", 2],
    [String(WORKERS_MAX), WORKERS_MAX],
    ['"auto"', "auto"],
  ] as const
) {
  Deno.test(`readWorkers() reads ${written}`, async () => {
    assertEquals((await load(`${QUIET}workers = ${written}\n`)).network.workers, expected);
  });
}

for (const written of ["0", "-1", "1.5", '"x"', '"2"', "true", "[]", String(WORKERS_MAX + 1)]) {
  Deno.test(`readWorkers() refuses ${written}`, async () => {
    const shown = written === "[]" ? "an empty list" : written;
    assertEquals(await faultsOf(`${QUIET}workers = ${written}\n`), [
      `3:11 "workers" is ${shown}: expected a whole number from 1 to 16, or "auto"`,
    ]);
  });
}
