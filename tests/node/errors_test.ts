import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BadResource,
  ConnectionRefused,
  NotFound,
  orSystemError,
  PermissionDenied,
  systemError,
} from "../../src/node/errors.ts";

const failure = (code: string) => Object.assign(new Error(`${code}: why`), { code });

test("systemError() makes the class of a code, and keeps what was said", () => {
  const cause = failure("ENOENT");
  const error = systemError(cause) as NotFound & { code: string };
  assert.ok(error instanceof NotFound);
  assert.deepEqual([error.name, error.message, error.code, error.cause], [
    "NotFound",
    "ENOENT: why",
    "ENOENT",
    cause,
  ]);
  assert.ok(systemError(failure("EPERM")) instanceof PermissionDenied);
  assert.ok(systemError(failure("ERR_STREAM_DESTROYED")) instanceof BadResource);
});

test("systemError() leaves alone what has no class, and what is no error", () => {
  for (const cause of [failure("EHOSTUNREACH"), failure("toString"), new Error("?"), "text"]) {
    assert.equal(systemError(cause), cause);
  }
});

test("orSystemError() resolves as the work does, and rejects by class", async () => {
  assert.equal(await orSystemError(Promise.resolve(1)), 1);
  await assert.rejects(orSystemError(Promise.reject(failure("ECONNREFUSED"))), ConnectionRefused);
});
