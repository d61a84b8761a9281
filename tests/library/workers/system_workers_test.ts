import { assert, assertEquals } from "@std/assert";
import { systemWorkers } from "../../../src/library/workers/system_workers.ts";

Deno.test("systemWorkers knows how many cores there are", () => {
  const { cores } = systemWorkers!;
  assert(Number.isInteger(cores) && cores >= 1);
});

Deno.test("a program that is compiled has what a worker runs", async () => {
  const manifest = JSON.parse(
    await Deno.readTextFile(new URL("../../../deno.json", import.meta.url)),
  );
  assertEquals(manifest.compile.include, ["src/library/workers/worker.ts"]);
});
