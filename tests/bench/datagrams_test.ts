import { assert, assertEquals } from "@std/assert";
import { inTime } from "../support/in_time.ts";
import { Course } from "./course.ts";
import { datagrams } from "./datagrams.ts";
import type { Job } from "./job.ts";
import { readExactly, send } from "./wire.ts";

Deno.test("datagrams() counts each one that comes back, and leaves no socket open", async () => {
  using echo = udpServer((number) => {
    if (number === 20) course.stop();
    return true;
  });
  const course = new Course(job(echo.port, 4), Infinity);
  // Nothing is given up meanwhile: each one makes room for the next.
  await inTime(datagrams(course, 1_000_000), "twenty datagrams");
  // The others are under way when the last is heard; one of them may have been received already.
  assert([16, 17].includes(course.took.length));
  assertEquals(course.faults, []);
});

Deno.test("datagrams() gives up what does not come back, and goes on", async () => {
  using echo = udpServer((number) => {
    if (course.took.length > 0) course.stop();
    return number > 4;
  });
  const course = new Course(job(echo.port, 4), Infinity);
  await datagrams(course, 1);
  assertEquals(course.faults.slice(0, 4), Array(4).fill("nothing came back for 1 ms"));
});

Deno.test("datagrams() counts what is lost once, and not at all what comes too late", async () => {
  const late: Uint8Array[] = [];
  using echo = udpServer((number, bytes, answer) => {
    if (number <= 4) late.push(bytes.slice());
    if (number === 8) late.forEach(answer);
    if (number === 12) course.stop();
    return false;
  });
  const course = new Course(job(echo.port, 4), Infinity);
  await datagrams(course, 1);
  assertEquals(course.took, []);
  // The last four may have been given up already when the last of them was heard.
  assert([8, 12].includes(course.faults.length));
});

Deno.test("datagrams() goes through an association where there is a proxy", async () => {
  const heads: number[][] = [];
  using echo = udpServer((number, bytes) => {
    heads.push([...bytes.subarray(0, 10)]);
    if (number === 3) course.stop();
    return true;
  });
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async () => {
    using conn = await listener.accept();
    await readExactly(conn, 3, new Uint8Array(3));
    await send(conn, new Uint8Array([5, 0]));
    const request = [...await readExactly(conn, 10, new Uint8Array(10))];
    const { port } = echo;
    await send(conn, new Uint8Array([5, 0, 0, 1, 127, 0, 0, 1, port >> 8, port & 0xff]));
    // The association lasts as long as this connection, which ends with the course.
    const more = await conn.read(new Uint8Array(1)).catch(() => null);
    return { request, more };
  };
  const served = serve();
  const proxy = listener.addr.port;
  const course = new Course({ ...job(0x1f90, 1), proxy }, Infinity);
  await datagrams(course);
  assertEquals(await served, { request: [5, 3, 0, 1, 0, 0, 0, 0, 0, 0], more: null });
  assertEquals(heads, Array(3).fill([0, 0, 0, 1, 127, 0, 0, 1, 0x1f, 0x90]));
  assertEquals(course.faults, []);
});

Deno.test("datagrams() ends when nothing ever comes back", async () => {
  using echo = udpServer(() => false);
  const course = new Course(job(echo.port, 2), performance.now() + 5);
  await datagrams(course, 1);
  assertEquals(course.took, []);
  assert(course.faults.length >= 2);
});

Deno.test("datagrams() fails on what it did not send", async () => {
  using echo = udpServer(() => true, (bytes) => bytes.subarray(1));
  const course = new Course(job(echo.port, 1), performance.now() + 1000);
  const failure = await datagrams(course).then(() => null, (error: Error) => error.message);
  assertEquals(failure, "Cannot go on: a datagram came back with 99 bytes");
});

/** Sends back those datagrams that `answers` picks; the first has number 1. */
function udpServer(
  answers: (number: number, bytes: Uint8Array, answer: (bytes: Uint8Array) => void) => boolean,
  changed: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
): Disposable & { readonly port: number } {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  let heard = 0;
  const serve = async () => {
    for await (const [bytes, from] of socket) {
      heard += 1;
      const answer = (late: Uint8Array) => void socket.send(late, from);
      if (answers(heard, bytes, answer)) await socket.send(changed(bytes), from);
    }
  };
  serve();
  return {
    port: (socket.addr as Deno.NetAddr).port,
    [Symbol.dispose]: () => socket.close(),
  };
}

function job(udpEcho: number, window: number): Job {
  return {
    work: "datagrams",
    route: "socks5_udp",
    connections: 1,
    window,
    ms: 0,
    rampMs: 0,
    origin: { http: 0, echo: 0, echoOnce: 0, udpEcho, https: 0, httpsNew: 0, http2: 0 },
    ca: "",
    proxy: null,
  };
}
