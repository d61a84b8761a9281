import assert from "node:assert/strict";
import { test } from "node:test";
import { systemWorkers } from "../../src/node/system_workers.ts";

test("Node has no workers", () => {
  assert.equal(systemWorkers, null);
});
