import assert from "node:assert/strict";
import { test } from "node:test";
import type { TcpConn } from "../../src/node/conn.ts";
import { connect } from "../../src/node/connect.ts";
import { BadResource } from "../../src/node/errors.ts";
import { listen } from "../../src/node/listen.ts";

/** More than all buffers between two sockets of loopback hold. */
const MUCH_BYTES = 32 * 1024 * 1024;

async function pair(work: (near: TcpConn, far: TcpConn) => Promise<void>): Promise<void> {
  const listener = listen({ hostname: "127.0.0.1", port: 0 });
  const [near, far] = await Promise.all([connect(listener.addr), listener.accept()]);
  listener.close();
  try {
    await work(near, far);
  } finally {
    near.close();
    far.close();
  }
}

async function writeAll(conn: TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

async function readAll(conn: TcpConn, into = new Uint8Array(64 * 1024)): Promise<number> {
  let total = 0;
  for (let count = await conn.read(into); count !== null; count = await conn.read(into)) {
    total += count;
  }
  return total;
}

test("read() fills as little room as it is given, and is null at the end for good", () =>
  pair(async (near, far) => {
    await near.write(new TextEncoder().encode("hello"));
    await near.closeWrite();
    const into = new Uint8Array(2);
    const counts: (number | null)[] = [];
    for (let reads = 0; reads < 5; reads++) counts.push(await far.read(into));
    assert.deepEqual(counts, [2, 2, 1, null, null]);
  }));

// What Deno gives out for Node's sockets cannot: it is Node that these tests are about.
test(
  "after the end of one side the other goes on",
  { skip: "Deno" in globalThis },
  () =>
    pair(async (near, far) => {
      await near.closeWrite();
      assert.equal(await far.read(new Uint8Array(1)), null);
      const sending = writeAll(far, new Uint8Array(MUCH_BYTES)).then(() => far.closeWrite());
      assert.equal(await readAll(near), MUCH_BYTES);
      await sending;
    }),
);

test("write() waits for a reader that is slow, and much goes both ways at once", () =>
  pair(async (near, far) => {
    let isWritten = false;
    const sending = writeAll(near, new Uint8Array(MUCH_BYTES)).then(() => {
      isWritten = true;
      return near.closeWrite();
    });
    const back = writeAll(far, new Uint8Array(MUCH_BYTES)).then(() => far.closeWrite());
    assert.equal(await readAll(near), MUCH_BYTES);
    assert.equal(isWritten, false);
    assert.equal(await readAll(far), MUCH_BYTES);
    await Promise.all([sending, back]);
  }));

test("close() ends a read and a write that wait, and can be called again", () =>
  pair(async (near) => {
    const reading = assert.rejects(near.read(new Uint8Array(1)), BadResource);
    const writing = assert.rejects(writeAll(near, new Uint8Array(MUCH_BYTES)), BadResource);
    near.close();
    near.close();
    await Promise.all([reading, writing]);
    await assert.rejects(near.closeWrite(), BadResource);
    await assert.rejects(near.write(new Uint8Array(1)), BadResource);
  }));

test("the other side is told of a close", () =>
  pair(async (near, far) => {
    near.setNoDelay(true);
    near.close();
    assert.equal(await far.read(new Uint8Array(1)), null);
  }));
