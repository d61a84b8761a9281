import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Course } from "./course.ts";
import { SMALL_BODY } from "./job.ts";

const OK = 200;

/** `GET` of 1 KiB by HTTP/2, `window` of them under way at once on one connection. */
export async function streams(course: Course): Promise<void> {
  const session = await openSession(course);
  const lost = Promise.withResolvers<never>();
  const end = { close: () => session.destroy() };
  session.on("error", lost.reject);
  session.on("close", () => lost.reject(new Error("Cannot go on: the connection has ended")));
  course.own(end);
  const ask = async () => {
    while (course.on) {
      const start = performance.now();
      await request(session);
      course.lap(start);
    }
  };
  try {
    await Promise.race([lost.promise, Promise.all(Array.from({ length: course.job.window }, ask))]);
  } finally {
    lost.promise.catch(() => {
      // It is over.
    });
    course.close(end);
  }
}

function request(session: ClientHttp2Session): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stream = session.request({ ":path": "/small" });
  let bytes = 0;
  let status = 0;
  stream.on("response", (fields) => status = Number(fields[":status"]));
  stream.on("data", (data: Uint8Array) => bytes += data.length);
  stream.on("end", () => {
    if (status === OK && bytes === SMALL_BODY.length) return resolve();
    reject(new Error(`Cannot go on: the response is ${status} with ${bytes} bytes`));
  });
  stream.on("error", reject);
  return promise;
}

/** Opens a tunnel where there is a proxy, and speaks HTTP/2 with `localhost`, whose certificate the job's `ca` signed. */
async function openSession({ job }: Course): Promise<ClientHttp2Session> {
  const { origin: { http2: port }, proxy, ca } = job;
  const plain = await opened(connect(proxy ?? port, "127.0.0.1"), "connect");
  plain.setNoDelay(true);
  if (proxy !== null) await askForTunnel(plain, `localhost:${port}`);
  const socket = await opened(
    connectTls({ socket: plain, servername: "localhost", ca, ALPNProtocols: ["h2"] }),
    "secureConnect",
  );
  return connectHttp2(`https://localhost:${port}`, { createConnection: () => socket });
}

function opened<T extends Socket>(socket: T, event: string): Promise<T> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once(event, () => resolve(socket));
  });
}

async function askForTunnel(socket: Socket, authority: string): Promise<void> {
  const answer = new Promise<Uint8Array>((resolve, reject) => {
    socket.once("data", resolve);
    socket.once("close", () => reject(new Error("Cannot go on: the proxy has left")));
  });
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const text = new TextDecoder("latin1").decode(await answer);
  if (!/^HTTP\/1\.[01] 2/.test(text)) throw new Error(`Cannot go on: the response is "${text}"`);
  socket.pause();
}
