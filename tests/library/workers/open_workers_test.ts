import { assertEquals } from "@std/assert";
import { openWorkers } from "../../../src/library/workers/open_workers.ts";
import { load } from "../../config/load.ts";

const MACHINE = {
  env: {},
  workers: {
    cores: 4,
    start: () => {
      throw new Error("This test starts none");
    },
  },
};

Deno.test("openWorkers() is null where the main isolate is alone", async () => {
  assertEquals(await openWorkers(await load(null), null, MACHINE), null);
  const one = await load('[network]\nallowed_domains = ["x.test"]\nworkers = 1\n');
  assertEquals(await openWorkers(one, null, { env: {}, workers: null }), null);
});

Deno.test("openWorkers() has those that are wanted, and starts none of them", async () => {
  const config = await load('[network]\nallowed_domains = ["x.test"]\nworkers = "auto"\n');
  const workers = await openWorkers(config, null, MACHINE);
  assertEquals(workers?.share(config.limits).nextConnection(), 1);
});
