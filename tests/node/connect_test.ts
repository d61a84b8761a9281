import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { connect } from "../../src/node/connect.ts";
import { ConnectionRefused, NotFound } from "../../src/node/errors.ts";
import { listen } from "../../src/node/listen.ts";

test("connect() says where it is, and where it got to", async () => {
  const listener = listen({ hostname: "127.0.0.1", port: 0 });
  const conn = await connect(listener.addr);
  assert.deepEqual(conn.remoteAddr, listener.addr);
  assert.equal((conn.localAddr as { hostname: string }).hostname, "127.0.0.1");
  conn.close();
  listener.close();
});

test("connect() rejects by class where nobody listens", async () => {
  const listener = listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  await assert.rejects(connect(listener.addr), ConnectionRefused);
});

test("connect() rejects with the reason of its signal, before and amid", async () => {
  const reason = new Error("enough");
  const { addr } = { addr: { hostname: "192.0.2.1", port: 9 } };
  await assert.rejects(connect({ ...addr, signal: AbortSignal.abort(reason) }), reason);
  const stopping = new AbortController();
  const waiting = assert.rejects(connect({ ...addr, signal: stopping.signal }), reason);
  stopping.abort(reason);
  await waiting;
});

test("connect() reaches a unix socket", { skip: process.platform === "win32" }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "doorward-node-"));
  const path = `${folder}/socket`;
  const server = createServer((socket) => socket.end("hello"));
  server.listen(path);
  await once(server, "listening");
  const conn = await connect({ transport: "unix", path });
  const into = new Uint8Array(5);
  assert.equal(await conn.read(into), 5);
  assert.equal(new TextDecoder().decode(into), "hello");
  conn.close();
  server.close();
  await assert.rejects(connect({ transport: "unix", path: `${folder}/none` }), NotFound);
  await rm(folder, { recursive: true });
});
