import { assertEquals, assertRejects } from "@std/assert";
import { latin1, latin1Bytes } from "../../src/net/stream/latin1.ts";
import { SystemStream } from "../../src/net/system_stream.ts";

interface FakeConn {
  readonly calls: string[];
  readonly conn: Deno.TcpConn;
}

/** A connection that notes what is asked of it. */
function fakeConn(changes: Partial<Deno.TcpConn> = {}): FakeConn {
  const calls: string[] = [];
  const conn: Partial<Deno.TcpConn> = {
    setNoDelay: (on) => void calls.push(`setNoDelay ${on}`),
    read: (into) => {
      calls.push(`read ${into.length}`);
      into.set(latin1Bytes("abc"));
      return Promise.resolve(3);
    },
    write: (bytes) => {
      calls.push(`write ${latin1(bytes)}`);
      return Promise.resolve(bytes.length);
    },
    closeWrite: () => Promise.resolve(void calls.push("closeWrite")),
    close: () => void calls.push("close"),
    ...changes,
  };
  return { calls, conn: conn as Deno.TcpConn };
}

Deno.test("SystemStream sends at once what is written", () => {
  const { calls, conn } = fakeConn();
  new SystemStream(conn);
  assertEquals(calls, ["setNoDelay true"]);
});

Deno.test("SystemStream asks nothing of a unix socket, which has no such delay", () => {
  const { calls, conn } = fakeConn();
  const { setNoDelay: _, ...unix } = conn;
  new SystemStream(unix as unknown as Deno.UnixConn).close();
  assertEquals(calls, ["close"]);
});

Deno.test("SystemStream takes a connection whose options cannot be set any more", () => {
  const { calls, conn } = fakeConn({
    setNoDelay: () => {
      throw new Deno.errors.InvalidData("Invalid argument (os error 22)");
    },
  });
  new SystemStream(conn).close();
  assertEquals(calls, ["close"]);
});

Deno.test("read(), write() and closeWrite() are the connection's", async () => {
  const { calls, conn } = fakeConn();
  const stream = new SystemStream(conn);
  const into = new Uint8Array(5);
  assertEquals([await stream.read(into), latin1(into.subarray(0, 3))], [3, "abc"]);
  assertEquals(await stream.write(latin1Bytes("de")), 2);
  await stream.closeWrite();
  assertEquals(calls.slice(1), ["read 5", "write de", "closeWrite"]);
});

Deno.test("closeWrite() does not mind that the peer is gone", async () => {
  const { conn } = fakeConn({
    closeWrite: () => Promise.reject(new Deno.errors.NotConnected()),
  });
  await new SystemStream(conn).closeWrite();
});

Deno.test("close() is safe to call twice", () => {
  const { calls, conn } = fakeConn();
  const stream = new SystemStream(conn);
  stream.close();
  stream.close();
  assertEquals(calls.slice(1), ["close"]);
});

Deno.test("close() ends a read() that is waiting", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const [conn, accepted] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port }),
    listener.accept(),
  ]);
  const stream = new SystemStream(conn);
  const reading = stream.read(new Uint8Array(1));
  stream.close();
  await assertRejects(() => reading);
  await assertRejects(() => stream.read(new Uint8Array(1)));
  await stream.closeWrite();
  accepted.close();
});
