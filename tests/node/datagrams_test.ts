import assert from "node:assert/strict";
import { test } from "node:test";
import { type DatagramConn, listenDatagram } from "../../src/node/datagrams.ts";
import { AddrInUse, AddrNotAvailable, BadResource } from "../../src/node/errors.ts";

const bind = (hostname = "127.0.0.1", port = 0) =>
  listenDatagram({ transport: "udp", hostname, port });

async function pair(work: (near: DatagramConn, far: DatagramConn) => Promise<void>): Promise<void> {
  const [near, far] = [bind(), bind()];
  try {
    await work(near, far);
  } finally {
    near.close();
    far.close();
  }
}

test("listenDatagram() is bound when it returns, and throws at once where it cannot be", () => {
  const conn = bind();
  assert.ok(conn.addr.port > 0);
  assert.throws(() => bind("127.0.0.1", conn.addr.port), AddrInUse);
  assert.throws(() => bind("192.0.2.1"), AddrNotAvailable);
  conn.close();
});

test("datagrams arrive with their sender, each by itself, cut to the room there is", () =>
  pair(async (near, far) => {
    await near.send(new Uint8Array([1, 2, 3]), far.addr);
    await near.send(new Uint8Array([4]), far.addr);
    await near.send(new Uint8Array(), far.addr);
    const into = new Uint8Array(2);
    assert.deepEqual(await far.receive(into), [new Uint8Array([1, 2]), near.addr]);
    assert.deepEqual(await far.receive(into), [new Uint8Array([4]), near.addr]);
    assert.deepEqual(await far.receive(into), [new Uint8Array(), near.addr]);
  }));

test("send() rejects what is too long for a datagram", () =>
  pair(async (near, far) => {
    await assert.rejects(near.send(new Uint8Array(70_000), far.addr), { code: "EMSGSIZE" });
  }));

test("what nobody receives is lost beyond what a socket holds", () =>
  pair(async (near, far) => {
    for (let sent = 0; sent < 200; sent++) await near.send(new Uint8Array(32 * 1024), far.addr);
    await far.receive(new Uint8Array(1));
    let received = 1;
    const receiving = (async () => {
      while (true) {
        await far.receive(new Uint8Array(1));
        received += 1;
      }
    })();
    // A turn of the loop: all that the system still had has come.
    await near.send(new Uint8Array([1]), near.addr);
    await near.receive(new Uint8Array(1));
    far.close();
    await assert.rejects(receiving, BadResource);
    assert.ok(received > 1 && received < 20, `${received}`);
  }));

test("close() ends a receive() that waits, and those to come", async () => {
  const conn = bind();
  const waiting = assert.rejects(conn.receive(new Uint8Array(1)), BadResource);
  conn.close();
  await waiting;
  await assert.rejects(conn.receive(new Uint8Array(1)), BadResource);
});
