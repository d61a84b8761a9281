import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../src/node/connect.ts";
import { AddrInUse, AddrNotAvailable, BadResource, Busy } from "../../src/node/errors.ts";
import { listen } from "../../src/node/listen.ts";

test("listen() is bound when it returns", () => {
  const listener = listen({ hostname: "127.0.0.1", port: 0 });
  assert.equal(listener.addr.hostname, "127.0.0.1");
  assert.ok(listener.addr.port > 0);
  listener.close();
});

test("listen() throws at once where somebody listens", () => {
  const listener = listen({ hostname: "127.0.0.1", port: 0 });
  assert.throws(() => listen(listener.addr), AddrInUse);
  listener.close();
});

// Deno's imitation of Node says something else.
test(
  "listen() throws at once for an address that is not ours",
  { skip: "Deno" in globalThis },
  () => {
    assert.throws(() => listen({ hostname: "192.0.2.1", port: 0 }), AddrNotAvailable);
  },
);

test("accept() resolves to each client, one call at a time", async () => {
  const listener = listen({ hostname: "127.0.0.1", port: 0 });
  const waiting = listener.accept();
  await assert.rejects(listener.accept(), Busy);
  const client = await connect(listener.addr);
  const served = await waiting;
  assert.deepEqual(served.remoteAddr, client.localAddr);
  assert.deepEqual(served.localAddr, client.remoteAddr);
  const second = await connect(listener.addr);
  assert.deepEqual((await listener.accept()).remoteAddr, second.localAddr);
  for (const each of [client, second, served]) each.close();
  listener.close();
});

test("close() ends an accept() that waits, and those to come", async () => {
  const listener = listen({ hostname: "127.0.0.1", port: 0 });
  const waiting = assert.rejects(listener.accept(), BadResource);
  listener.close();
  await waiting;
  await assert.rejects(listener.accept(), BadResource);
});
