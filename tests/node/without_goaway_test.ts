import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { test } from "node:test";
import { withoutGoaway } from "../../src/node/without_goaway.ts";

test("withoutGoaway() leaves the connection as it is, but for its handshake, which is over", () => {
  const native = Object.assign(new Duplex(), { secureConnecting: true });
  assert.equal(withoutGoaway(native, { peer: "client", goaway: () => {} }, Duplex), native);
  assert.equal(native.secureConnecting, false);
});
